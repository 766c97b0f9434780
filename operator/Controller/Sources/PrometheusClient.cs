using System.Globalization;
using System.Net;

namespace ModelOperator.Controller.Sources;

/// <summary>Asks a Prometheus, or what speaks its HTTP API, instant queries.</summary>
internal sealed class PrometheusClient(SourceHttp http)
{
    /// <summary>The one number a query gives; a <see cref="SourceException"/> says why there is none.</summary>
    /// <param name="address">Address of the server, with the prefix of its paths if it has one.</param>
    /// <param name="query">PromQL, with nothing left to fill in.</param>
    /// <param name="time">For when. Queries that belong together are asked for the same time.</param>
    /// <param name="limit">Longest time to wait for the answer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="credentials">What the server asks for; null for nothing.</param>
    public async Task<double> QueryAsync(
        string address, string query, DateTimeOffset time, TimeSpan limit, CancellationToken cancellationToken,
        SourceCredentials? credentials = null)
    {
        var uri = new Uri($"{address.TrimEnd('/')}/api/v1/query");
        // The server gives up when we do.
        KeyValuePair<string, string>[] form =
        [
            new("query", query),
            new("time", (time.ToUnixTimeMilliseconds() / 1000.0).ToString("0.000", CultureInfo.InvariantCulture)),
            new("timeout", $"{Math.Max(1, (long)limit.TotalMilliseconds)}ms"),
        ];
        (HttpStatusCode status, byte[] body) = await http.SendAsync(
            () => new HttpRequestMessage(HttpMethod.Post, uri) { Content = new FormUrlEncodedContent(form) }, limit,
            cancellationToken, credentials);
        return PrometheusAnswer.Read(status, body);
    }
}
