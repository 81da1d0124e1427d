# SPDX-License-Identifier: Apache-2.0
# Keys, certificates and settings of time-stamping authorities for `openssl ts`, in the folder tsa/ here.  To be sourced.
config() { # NAME KEY CERT POLICY
	cat >"tsa/$1.cnf" <<-END
		[tsa]
		default_tsa = one
		[one]
		serial = $1.serial
		crypto_device = builtin
		signer_cert = $3
		signer_key = $2
		signer_digest = sha256
		default_policy = $4
		other_policies = $4
		digests = sha256
		accuracy = secs:1
		ess_cert_id_alg = sha256
		ess_cert_id_chain = no
	END
	echo 01 >"tsa/$1.serial"
}
authority() { # NAME OPERATOR
	openssl ecparam -name prime256v1 -genkey -noout -out "tsa/$1.root.key" &&
		openssl req -x509 -new -key "tsa/$1.root.key" -subj "/O=$2/CN=$1 root" -days 30 -out "tsa/$1.root.pem" \
			-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign &&
		openssl ecparam -name prime256v1 -genkey -noout -out "tsa/$1.key" &&
		openssl req -new -key "tsa/$1.key" -subj "/O=$2/CN=$1" -out "tsa/$1.csr" &&
		printf 'extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n' >tsa/ext &&
		openssl x509 -req -in "tsa/$1.csr" -CA "tsa/$1.root.pem" -CAkey "tsa/$1.root.key" -CAcreateserial -days 20 -extfile tsa/ext -out "tsa/$1.pem" &&
		config "$1" "$1.key" "$1.pem" 1.2.3.4.1
}
# Start tsa.py over tsa/; sets $tsa (to be killed) and $url.
start_authority() { # FOLDER OF THE SCRIPT
	rm -f tsa.port
	python3 "$1/tsa.py" tsa tsa.port >tsa.log 2>&1 &
	tsa=$!
	for _ in $(seq 100); do [ -s tsa.port ] && break; sleep 0.05; done
	sleep 2 # a token is right to a second, and its certificate has to be valid all that time
	url=http://127.0.0.1:$(cat tsa.port)
}
