# shellcheck shell=bash
# The command lines of etcd and kube-apiserver, for a bare API server and for a whole cluster.

# etcd_command DATA CLIENT_PORT PEER_PORT: fills the array `command`.
etcd_command() {
  local client=http://127.0.0.1:$2 peer=http://127.0.0.1:$3
  command=(etcd --name default --data-dir "$1" --logger zap --log-level warn
    --listen-client-urls "$client" --advertise-client-urls "$client"
    --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "default=$peer")
  # The data is thrown away, so nothing is gained by waiting for the disk. Some versions have no such flag.
  if etcd --help 2>&1 | grep -q -- --unsafe-no-fsync; then
    command+=(--unsafe-no-fsync)
  fi
}

# apiserver_command ADDRESS PORT ETCD_PORT SERVICE_CIDR: fills the array `command`.
# shellcheck disable=SC2054 # the commas are the flags' own
apiserver_command() {
  command=(kube-apiserver --etcd-servers="http://127.0.0.1:$3"
    --bind-address="$1" --advertise-address="$1" --secure-port="$2" --service-cluster-ip-range="$4"
    --tls-cert-file="$PKI/apiserver.crt" --tls-private-key-file="$PKI/apiserver.key" --client-ca-file="$PKI/ca.crt"
    --requestheader-client-ca-file="$PKI/front-proxy-ca.crt" --requestheader-allowed-names=front-proxy
    --requestheader-username-headers=X-Remote-User --requestheader-group-headers=X-Remote-Group
    --requestheader-extra-headers-prefix=X-Remote-Extra-
    --proxy-client-cert-file="$PKI/front-proxy.crt" --proxy-client-key-file="$PKI/front-proxy.key"
    --service-account-key-file="$PKI/service-account.pub" --service-account-signing-key-file="$PKI/service-account.key"
    --service-account-issuer=https://kubernetes.default.svc.cluster.local
    --api-audiences=https://kubernetes.default.svc.cluster.local
    --authorization-mode=Node,RBAC --allow-privileged=true)
}

# apiserver_ready ADDRESS PORT: it says that it is, and has made the namespace `default`, which it does a little later.
apiserver_ready() {
  [[ $(apiserver_get "$1" "$2" /readyz) == ok ]] && apiserver_get "$1" "$2" /api/v1/namespaces/default >/dev/null
}

apiserver_get() {
  curl --silent --fail --max-time 2 --noproxy '*' --cacert "$PKI/ca.crt" --cert "$PKI/admin.crt" --key "$PKI/admin.key" \
    "https://$1:$2$3"
}
