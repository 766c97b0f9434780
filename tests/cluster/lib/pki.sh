# shellcheck shell=bash
# A throw-away PKI with openssl: elliptic curves, because RSA keys would cost a second of every start.

# certificate_authority NAME SUBJECT
certificate_authority() {
  openssl ecparam -name prime256v1 -genkey -noout -out "$PKI/$1.key"
  openssl req -x509 -new -key "$PKI/$1.key" -subj "/CN=$2" -days 30 -out "$PKI/$1.crt" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign,digitalSignature
}

# certificate NAME AUTHORITY SUBJECT serverAuth|clientAuth [SUBJECT_ALTERNATIVE_NAMES]
certificate() {
  local name=$1 authority=$2 subject=$3 usage=$4 names=${5:-}
  openssl ecparam -name prime256v1 -genkey -noout -out "$PKI/$name.key"
  {
    printf 'basicConstraints=CA:FALSE\nkeyUsage=digitalSignature,keyEncipherment\nextendedKeyUsage=%s\n' "$usage"
    [[ -z $names ]] || printf 'subjectAltName=%s\n' "$names"
  } >"$PKI/$name.ext"
  openssl req -new -key "$PKI/$name.key" -subj "$subject" |
    openssl x509 -req -CA "$PKI/$authority.crt" -CAkey "$PKI/$authority.key" -set_serial "0x$(openssl rand -hex 8)" \
      -days 30 -extfile "$PKI/$name.ext" -out "$PKI/$name.crt" 2>"$PKI/$name.log"
}

service_account_key() {
  openssl genrsa -out "$PKI/service-account.key" 2048 2>"$PKI/service-account.log"
  openssl rsa -in "$PKI/service-account.key" -pubout -out "$PKI/service-account.pub" 2>>"$PKI/service-account.log"
}

# What an API server alone needs. Everything below runs at once: the time goes into starting openssl.
control_plane_pki() {
  local addresses=$1 pids=()
  mkdir -p "$PKI"
  chmod 700 "$PKI"
  certificate_authority ca kubernetes-ca & pids+=($!)
  certificate_authority front-proxy-ca front-proxy-ca & pids+=($!)
  service_account_key & pids+=($!)
  wait_for_all "${pids[@]}"
  pids=()
  certificate apiserver ca /CN=kube-apiserver serverAuth \
    "DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,DNS:localhost,$addresses" & pids+=($!)
  certificate front-proxy front-proxy-ca /CN=front-proxy clientAuth & pids+=($!)
  certificate admin ca "/O=system:masters/CN=admin" clientAuth & pids+=($!)
  wait_for_all "${pids[@]}"
}

# node_pki NODE ADDRESS: what the other programs of a whole cluster need.
node_pki() {
  local pids=()
  certificate kubelet-serving ca "/CN=$1" serverAuth "DNS:$1,IP:$2,IP:127.0.0.1" & pids+=($!)
  certificate apiserver-kubelet ca "/O=system:masters/CN=apiserver-kubelet" clientAuth & pids+=($!)
  certificate controller-manager ca /CN=system:kube-controller-manager clientAuth & pids+=($!)
  certificate scheduler ca /CN=system:kube-scheduler clientAuth & pids+=($!)
  certificate kubelet ca "/O=system:nodes/CN=system:node:$1" clientAuth & pids+=($!)
  certificate proxy ca /CN=system:kube-proxy clientAuth & pids+=($!)
  wait_for_all "${pids[@]}"
}

# Unlike a bare `wait`, fails when one of them failed.
wait_for_all() {
  local pid
  for pid in "$@"; do
    wait "$pid" || return 1
  done
}

# kubeconfig USER SERVER: everything embedded, so that the file can be copied anywhere.
kubeconfig() {
  cat <<KUBECONFIG
apiVersion: v1
kind: Config
current-context: model-operator
clusters:
- name: model-operator
  cluster: {server: "$2", certificate-authority-data: $(base64 -w0 "$PKI/ca.crt")}
users:
- name: $1
  user: {client-certificate-data: $(base64 -w0 "$PKI/$1.crt"), client-key-data: $(base64 -w0 "$PKI/$1.key")}
contexts:
- name: model-operator
  context: {cluster: model-operator, user: $1}
KUBECONFIG
}
