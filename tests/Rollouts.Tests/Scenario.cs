using FsCheck;
using FsCheck.Fluent;
using ModelOperator.Api;
using ModelOperator.Rollouts.Tests.Simulated;

namespace ModelOperator.Rollouts.Tests;

/// <summary>
/// A random story: specs that are applied one after the other, what their revisions are like, and when the operator is killed.
/// </summary>
internal sealed record Scenario
{
    public required int Seed { get; init; }
    public required int[] Weights { get; init; }
    public required int Replicas { get; init; }
    public required int MinRequests { get; init; }
    public required int DeadlineSeconds { get; init; }
    public required InconclusiveAction OnInconclusive { get; init; }
    public required int RequestsPerSecond { get; init; }
    public required double FeedbackShare { get; init; }
    public required int SilentRouterFrom { get; init; }
    public required Request[] Asks { get; init; }
    public required int[] Deaths { get; init; }

    /// <summary>What a person orders in the middle of each of the requests; empty for nothing.</summary>
    public required string[] Orders { get; init; }

    public static Arbitrary<Scenario> Any() =>
        (from seed in Gen.Choose(1, 1_000_000)
         from weights in Gen.Choose(1, 100).NonEmptyListOf()
         from replicas in Gen.Choose(0, 5)
         from minRequests in Gen.Elements(0, 0, 50, 500)
         from deadline in Gen.Elements(20, 60, 3600)
         from onInconclusive in Gen.Elements(Enum.GetValues<InconclusiveAction>())
         from requests in Gen.Elements(0, 2, 40, 200)
         from feedback in Gen.Elements(0.0, 0.1, 1.0)
         from silent in Gen.Elements(0, 30, 10_000)
         from asks in Ask().ListOf(3)
         from deaths in Gen.Choose(0, 9).ListOf(8)
         from orders in Gen.Elements("", "", "promote", "promote-full", "abort", "retry", "undo", "restart", "undo v1", "promote v2")
             .ListOf(3)
         select new Scenario
         {
             Seed = seed,
             Weights = [.. weights.Take(4).Order()],
             Replicas = replicas,
             MinRequests = minRequests,
             DeadlineSeconds = deadline,
             OnInconclusive = onInconclusive,
             RequestsPerSecond = requests,
             FeedbackShare = feedback,
             SilentRouterFrom = silent,
             Asks = [.. asks],
             Deaths = [.. deaths],
             Orders = [.. orders],
         }).ToArbitrary();

    public Simulation Play(Action<PlannerInput, Plan> planned)
    {
        var simulation = new Simulation(Seed) { RequestsPerSecond = RequestsPerSecond, FeedbackShare = FeedbackShare, Planned = planned };
        var spec = Specs.Digits(Replicas, DeadlineSeconds, OnInconclusive, MinRequests, Weights);
        simulation.Dies = second =>
            Deaths[second % Deaths.Length] switch { 0 => Death.BeforeStatus, 1 => Death.AfterStatus, _ => Death.None };
        simulation.Ask("v1", new Behaviour(), spec);
        simulation.Run(15);
        foreach (var ((revision, behaviour, seconds), order) in Asks.Zip(Orders))
        {
            simulation.Ask(revision, Behaviours[behaviour]);
            for (int i = 0; i < seconds; i++)
            {
                if (i == seconds / 2 && order.Length > 0)
                {
                    simulation.Control = new ControlRequest(order, simulation.Now, "alice", $"{simulation.Second}");
                }

                simulation.Routers[0].IsSilent = simulation.Second >= SilentRouterFrom && simulation.Second % 40 < 15;
                simulation.Run(1);
            }
        }

        return simulation;
    }

    public override string ToString() =>
        $"seed {Seed}, weights {string.Join('/', Weights)}, {Replicas} replicas, {MinRequests} requests a step, "
        + $"deadline {DeadlineSeconds} {OnInconclusive}, {RequestsPerSecond}/s, feedback {FeedbackShare}, silent from {SilentRouterFrom}, "
        + $"asks {string.Join(' ', Asks)}, deaths {string.Join(' ', Deaths)}, orders {string.Join(", ", Orders)}";

    private static readonly Behaviour[] Behaviours =
    [
        new(),
        new() { WrongRate = 0.3 },
        new() { ErrorRate = 0.2 },
        new() { LatencyBucket = 400 },
        new() { StartSeconds = null, Failure = new PodFailure(Reasons.ModelInvalid, "the file is no ONNX model") },
        new() { BreaksAt = 60 },
        new() { StartSeconds = 25 },
    ];

    private static Gen<Request> Ask() =>
        from revision in Gen.Elements("v1", "v2", "v3")
        from behaviour in Gen.Choose(0, Behaviours.Length - 1)
        from seconds in Gen.Elements(5, 40, 120)
        select new Request(revision, revision == "v1" ? 0 : behaviour, seconds);
}

/// <summary>A spec that asks for a revision, and how long it stands.</summary>
internal sealed record Request(string Revision, int Behaviour, int Seconds);
