using System.CommandLine;
using ModelOperator.Protocol;
using ModelOperator.Server.Serving;

namespace ModelOperator.Server.Commands;

/// <summary>Flags of <c>serve</c> that bound what clients can take.</summary>
internal static class LimitFlags
{
    private static readonly ProtocolLimits Requests = new();
    private static readonly NetworkLimits Network = new();

    private static readonly Option<int> MaxTensors = Options.Number(
        "--max-tensors", "Tensors of a request, and outputs it may ask for", Requests.MaxTensors, 1, 65_536);
    private static readonly Option<int> MaxRank = Options.Number("--max-rank", "Dimensions of a tensor", Requests.MaxRank, 1, 64);
    private static readonly Option<int> MaxElements = Options.Number(
        "--max-elements", "Elements of all tensors of a request together", (int)Requests.MaxElements, 1, int.MaxValue);

    private static readonly Option<int> MaxConnections = Options.Number(
        "--max-connections", "Open connections, further ones are closed at once", Network.MaxConnections, 1, 1_000_000);

    private static readonly Option<int> MaxHeaders = Options.Number(
        "--max-headers", "Header fields of a request, more are refused with 431", Network.MaxHeaders, 8, 1000);
    private static readonly Option<int> MaxHeaderKibibytes = Options.Number(
        "--max-header-kibibytes", "Size of all header fields of a request, more is refused with 431",
        Network.MaxHeaderBytes / 1024, 1, 1024);

    private static readonly Option<int> HeaderTimeout = Options.Number(
        "--header-timeout-seconds", "How long the headers of a request may take to arrive",
        (int)Network.HeaderTimeout.TotalSeconds, 1, 600);

    private static readonly Option<int> KeepAlive = Options.Number(
        "--keep-alive-seconds", "How long a connection may do nothing; let it be longer than clients keep theirs",
        (int)Network.KeepAlive.TotalSeconds, 1, 86_400);

    private static readonly Option<int> MinBytesPerSecond = Options.Number(
        "--min-bytes-per-second", "How fast a body has to arrive and an answer to be taken, after 5 s; 0 lets both take any time",
        Network.MinBytesPerSecond, 0, 1_000_000_000);

    private static readonly Option<int> MaxStreams = Options.Number(
        "--http2-max-streams", "Requests at the same time on one connection of HTTP/2", Network.MaxStreams, 1, 65_536);

    public static IReadOnlyList<Option> OfRequests { get; } = [MaxTensors, MaxRank, MaxElements];

    public static IReadOnlyList<Option> OfNetwork { get; } =
        [MaxConnections, MaxHeaders, MaxHeaderKibibytes, HeaderTimeout, KeepAlive, MinBytesPerSecond, MaxStreams];

    public static ProtocolLimits ReadRequests(ParseResult parsed) => Requests with
    {
        MaxTensors = parsed.GetValue(MaxTensors),
        MaxRank = parsed.GetValue(MaxRank),
        MaxElements = parsed.GetValue(MaxElements),
    };

    public static NetworkLimits ReadNetwork(ParseResult parsed) => new()
    {
        MaxConnections = parsed.GetValue(MaxConnections),
        MaxHeaders = parsed.GetValue(MaxHeaders),
        MaxHeaderBytes = parsed.GetValue(MaxHeaderKibibytes) * 1024,
        HeaderTimeout = TimeSpan.FromSeconds(parsed.GetValue(HeaderTimeout)),
        KeepAlive = TimeSpan.FromSeconds(parsed.GetValue(KeepAlive)),
        MinBytesPerSecond = parsed.GetValue(MinBytesPerSecond),
        MaxStreams = parsed.GetValue(MaxStreams),
    };
}
