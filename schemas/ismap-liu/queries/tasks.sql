-- The tasks that a listing may be used for, as --use names them.
SELECT json_extract(x.value, '$.id') AS id, json_extract(x.value, '$.ja') AS label_ja, json_extract(x.value, '$.en') AS label_en
FROM json_each(param('tasks')) AS x ORDER BY id
