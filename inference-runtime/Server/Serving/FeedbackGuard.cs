using ModelOperator.Protocol;

namespace ModelOperator.Server.Serving;

/// <summary>Whose feedback is taken.</summary>
/// <param name="KeysFile">The keys that the routers of the namespace show with feedback.</param>
/// <param name="PodName">For whom their token must be.</param>
internal sealed record FeedbackCallers(string KeysFile, string PodName)
{
    /// <summary>As the operator sets it for the pods that it makes; null takes anybody's.</summary>
    public static FeedbackCallers? OfEnvironment(Func<string, string?> variable) =>
        variable("INFERENCE_KEYS_FILE") is { Length: > 0 } file && variable("POD_NAME") is { Length: > 0 } pod
            ? new FeedbackCallers(file, pod)
            : null;
}

/// <summary>
/// Takes feedback from the routers of the namespace alone, where they have keys: truth that came another way would be counted nowhere, and
/// in the place of the truth that comes through them.
/// </summary>
internal sealed class FeedbackGuard(ServeOptions options, TimeProvider time, ILogger<FeedbackGuard> logger)
{
    private readonly KeyRing? _keys = options.FeedbackCallers is { } callers
        ? new KeyRing(callers.KeysFile, time, reason => LogMessages.KeysUnreadable(logger, reason), mayComeLater: true)
        : null;

    /// <exception cref="ProtocolException">401: it is somebody else's.</exception>
    public void Admit(HttpRequest request)
    {
        if (_keys is null)
        {
            return;
        }

        _keys.Refresh();
        if (!PodToken.IsIn(request.Headers.Authorization, options.FeedbackCallers!.PodName, _keys.Current))
        {
            throw new ProtocolException(
                StatusCodes.Status401Unauthorized,
                "feedback is taken from the routers of this namespace alone: send it to the model's Service");
        }
    }
}
