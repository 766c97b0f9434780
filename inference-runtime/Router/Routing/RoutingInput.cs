using ModelOperator.Api;

namespace ModelOperator.Router.Routing;

/// <summary>The routing table of one model, as the operator wishes it.</summary>
/// <param name="Model">Name of the ModelDeployment.</param>
/// <param name="Version">Grows with every change; -1 when the operator has not written a table yet.</param>
/// <param name="Targets">Revisions and their weights.</param>
/// <param name="Feedback">How the truth is judged.</param>
/// <param name="MaxRequestMebibytes">How large a request may be.</param>
internal sealed record ModelTable(
    string Model, long Version, IReadOnlyList<RevisionWeight> Targets, FeedbackRule Feedback = default,
    int MaxRequestMebibytes = Defaults.MaxRequestMebibytes);

/// <summary>A revision's share of requests.</summary>
internal readonly record struct RevisionWeight(string Revision, int Weight);

/// <summary>One inference pod that has an address.</summary>
/// <param name="Name">Name of the pod.</param>
/// <param name="Uid">Identity of the pod.</param>
/// <param name="Model">Name of its ModelDeployment.</param>
/// <param name="Revision">The revision it serves.</param>
/// <param name="Address">Host and port.</param>
/// <param name="Ready">May get requests. One that may not (coming up) can still be asked about its past predictions.</param>
/// <param name="Warm">Has been ready for long: a router that sees it for the first time, because it starts itself, has no cold pod before
/// it.</param>
/// <param name="Leaving">Is terminating and may still answer: it gets requests while its revision has no ready pod.</param>
internal sealed record PodState(
    string Name, string Uid, string Model, string Revision, string Address, bool Ready, bool Warm, bool Leaving = false);
