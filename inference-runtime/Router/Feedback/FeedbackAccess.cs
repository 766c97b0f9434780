using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.Net.Http.Headers;
using ModelOperator.Api;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Router.Forwarding;

namespace ModelOperator.Router.Feedback;

/// <summary>
/// Who may give feedback that names a revision instead of an answer: the subject of a bearer token, if it may <c>create
/// modeldeployments/feedback</c> of the model. The API server says so. What it said is remembered for a moment; how many are asked about at
/// a time, and for how long, is bounded.
/// </summary>
internal sealed class FeedbackAccess(
    IKubernetesClient? cluster, RouterOptions options, TimeProvider timeProvider, ILogger<FeedbackAccess> log) : IDisposable
{
    /// <summary>For whom a token must be meant: one for the API server is too precious to be sent here.</summary>
    public const string Audience = ModelDeployment.Group;

    private const string Scheme = "Bearer ";
    private const int MostRemembered = 10_000, MostAtATime = 8, LongestToken = 8192;

    private static readonly TimeSpan AllowedLifetime = TimeSpan.FromMinutes(1),
        RefusedLifetime = TimeSpan.FromSeconds(10),
        Longest = TimeSpan.FromSeconds(5);

    // Tokens are kept as hashes: what is remembered is no secret.
    private readonly ConcurrentDictionary<FeedbackKey, Known> _known = new();
    private readonly SemaphoreSlim _asking = new(MostAtATime);

    /// <summary>Whether the sender of a request may; if not, it is told so.</summary>
    public async Task<bool> AdmitAsync(HttpContext context, string model)
    {
        string header = context.Request.Headers.Authorization.ToString();
        string token = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : "";
        Answer answer = token.Length is 0 or > LongestToken
            ? Answer.Unauthenticated
            : await JudgeAsync(token, model, context.RequestAborted);
        if (answer.Status == StatusCodes.Status200OK)
        {
            return true;
        }

        await (answer.Status == StatusCodes.Status401Unauthorized
            ? RouterError.WriteAsync(context, answer.Status, answer.Message, HeaderNames.WWWAuthenticate, "Bearer")
            : RouterError.WriteAsync(
                context, answer.Status, answer.Message, answer.Status == StatusCodes.Status503ServiceUnavailable ? 1 : null));
        return false;
    }

    public void Dispose() => _asking.Dispose();

    private async Task<Answer> JudgeAsync(string token, string model, CancellationToken cancellationToken)
    {
        FeedbackKey key = FeedbackKey.Of(model, token);
        if (_known.TryGetValue(key, out Known known) && timeProvider.GetElapsedTime(known.Timestamp) < known.Lifetime)
        {
            return known.Answer;
        }

        Answer answer = await AskAsync(token, model, cancellationToken);
        if (answer.Status == StatusCodes.Status503ServiceUnavailable)
        {
            return answer;
        }

        if (_known.Count >= MostRemembered)
        {
            _known.Clear();
        }

        TimeSpan lifetime = answer.Status == StatusCodes.Status200OK ? AllowedLifetime : RefusedLifetime;
        _known[key] = new Known(answer, timeProvider.GetTimestamp(), lifetime);
        return answer;
    }

    private async Task<Answer> AskAsync(string token, string model, CancellationToken cancellationToken)
    {
        if (cluster is null)
        {
            return Answer.Unavailable("it has no API server to ask");
        }

        using var limit = new CancellationTokenSource(Longest, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _asking.WaitAsync(either.Token);
            try
            {
                return await AskAsync(cluster, token, model, either.Token);
            }
            finally
            {
                _asking.Release();
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Answer.Unavailable($"the API server did not answer within {Longest.TotalSeconds} s");
        }
        catch (Exception e) when (e is KubernetesException or HttpRequestException or InvalidDataException)
        {
            LogMessages.AccessUnknown(log, model, e.Message);
            return Answer.Unavailable("the API server did not say; the router's log has the reason");
        }
    }

    private async Task<Answer> AskAsync(IKubernetesClient client, string token, string model, CancellationToken cancellationToken)
    {
        TokenReview review = await client.CreateAsync(
            Resources.TokenReviews, new TokenReview { Spec = { Token = token, Audiences = [Audience] } }, cancellationToken);

        // A server that knows no audiences names none: then nobody knows for whom the token is meant.
        if (review.Status is not { Authenticated: true, User: { } user } || review.Status.Audiences?.Contains(Audience) != true)
        {
            return Answer.Unauthenticated;
        }

        var wanted = new ResourceAttributes
        {
            Namespace = options.Namespace,
            Verb = "create",
            Group = ModelDeployment.Group,
            Resource = ModelDeployment.Plural,
            Subresource = "feedback",
            Name = model,
        };
        SubjectAccessReview access = await client.CreateAsync(
            Resources.SubjectAccessReviews,
            new SubjectAccessReview
            {
                Spec = { ResourceAttributes = wanted, User = user.Username, Uid = user.Uid, Groups = user.Groups, Extra = user.Extra },
            },
            cancellationToken);
        return access.Status is { Allowed: true }
            ? Answer.Allowed
            : new Answer(
                StatusCodes.Status403Forbidden,
                $"'{RouterError.Shown(user.Username ?? "")}' may not create {ModelDeployment.Plural}/feedback of '{model}' in namespace "
                + $"'{options.Namespace}'");
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Known(Answer Answer, long Timestamp, TimeSpan Lifetime);

    private sealed record Answer(int Status, string Message)
    {
        public static readonly Answer Allowed = new(StatusCodes.Status200OK, "");

        public static readonly Answer Unauthenticated = new(
            StatusCodes.Status401Unauthorized,
            $"feedback that names its revision needs the header Authorization: Bearer TOKEN, with a token for the audience {Audience} "
            + $"whose subject may create {ModelDeployment.Plural}/feedback; feedback with the id of an answer needs none");

        public static Answer Unavailable(string reason) =>
            new(StatusCodes.Status503ServiceUnavailable, $"whether the sender may give this feedback is not known: {reason}");
    }
}
