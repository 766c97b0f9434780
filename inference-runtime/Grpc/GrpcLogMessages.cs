using Microsoft.Extensions.Logging;

namespace ModelOperator.Grpc;

internal static partial class GrpcLogMessages
{
    [LoggerMessage(1, LogLevel.Error, "Call of {Method} failed")]
    public static partial void CallFailed(ILogger logger, Exception exception, string method);
}
