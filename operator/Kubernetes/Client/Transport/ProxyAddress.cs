using System.Net;

namespace ModelOperator.Kubernetes.Client.Transport;

/// <summary>A proxy as an address names it: http://user:password@host:port.</summary>
internal static class ProxyAddress
{
    public static WebProxy ToProxy(Uri address)
    {
        var proxy = new WebProxy(new UriBuilder(address) { UserName = "", Password = "" }.Uri);
        if (address.UserInfo.Length > 0)
        {
            var parts = address.UserInfo.Split(':', 2);
            proxy.Credentials = new NetworkCredential(
                Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
        }

        return proxy;
    }
}
