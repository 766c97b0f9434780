using ModelOperator.Api;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Kubernetes.Runtime.Webhooks;

namespace ModelOperator.Controller.Admit;

/// <summary>
/// Whether who writes a ModelDeployment may use in person what its pods use: the API server is asked. Where it does not say, the answer is
/// no.
/// </summary>
internal sealed class RequesterRights(IKubernetesClient client, TimeProvider timeProvider, ILogger<RequesterRights> logger)
{
    private const int MostObjects = 100, MostAtATime = 16;

    // The API server waits for the webhook 3 s or longer, and may let everything in afterwards.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>The refusal; null when all is allowed.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="namespace">The namespace of the ModelDeployment.</param>
    /// <param name="used">What its pods use.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    public async Task<AdmissionResult?> FindRefusalAsync(
        ReviewedUser? user, string? @namespace, IReadOnlyList<UsedObject> used, CancellationToken cancellationToken)
    {
        if (used.Count == 0)
        {
            return null;
        }

        if (user?.Username is not { Length: > 0 } name || used.Count > MostObjects)
        {
            return AdmissionResult.Deny(
                used.Count > MostObjects
                    ? $"spec uses {used.Count} Secrets, ConfigMaps, claims and service accounts; want at most {MostObjects}"
                    : "the request names no user",
                403);
        }

        using var limit = new CancellationTokenSource(Longest, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            foreach (UsedObject[] batch in used.Chunk(MostAtATime))
            {
                bool[] allowed = await Task.WhenAll(batch.Select(one => MayAsync(user, @namespace, one, either.Token)));
                if (Array.IndexOf(allowed, false) is >= 0 and var first)
                {
                    return AdmissionResult.Deny(Sentence(name, @namespace, batch[first]), 403);
                }
            }

            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unknown(name, $"the API server did not answer within {Longest.TotalSeconds} s");
        }
        catch (Exception e) when (e is KubernetesException or HttpRequestException or InvalidDataException)
        {
            logger.RightsUnknown(name, e.Message);
            return Unknown(name, "the API server did not say; the operator's log has the reason");
        }
    }

    private async Task<bool> MayAsync(ReviewedUser user, string? @namespace, UsedObject used, CancellationToken cancellationToken)
    {
        SubjectAccessReview review = await client.CreateAsync(
            Resources.SubjectAccessReviews,
            new SubjectAccessReview
            {
                Spec =
                {
                    User = user.Username,
                    Uid = user.Uid,
                    Groups = user.Groups,
                    Extra = user.Extra,
                    ResourceAttributes = new ResourceAttributes
                    {
                        Namespace = @namespace,
                        Verb = used.Verb,
                        Resource = used.Resource,
                        Name = used.Name.Length > 0 ? used.Name : null,
                    },
                },
            },
            cancellationToken);
        return review.Status?.Allowed == true;
    }

    private static AdmissionResult Unknown(string user, string reason) => AdmissionResult.Deny(
        $"whether \"{user}\" may use the Secrets, ConfigMaps, claims and service accounts that the spec names is not known: {reason}. "
        + "Try again",
        503);

    private static string Sentence(string user, string? @namespace, UsedObject used) =>
        $"{used.Field}: \"{user}\" may not {used.Verb} {used.Resource}{(used.Name.Length > 0 ? $" \"{used.Name}\"" : "")} in namespace "
        + $"\"{@namespace}\", and the pods of the {ModelDeployment.KindName} would use it on your behalf. Get that right, "
        + "or name something that you may use";
}
