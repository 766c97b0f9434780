using ModelOperator.Analysis;

namespace ModelOperator.Benchmarks.Streams;

/// <summary>One run of a scenario: blocks of ten seconds.</summary>
internal sealed class TrafficStream
{
    /// <summary>Seconds of a block.</summary>
    public const int BlockSeconds = 10;

    /// <summary>Blocks in a day.</summary>
    public const int Day = 86_400 / BlockSeconds;

    /// <summary>Blocks of stable alone that are known before the rollout: six hours.</summary>
    public const int History = 2160;

    private static readonly double[] Ladder = [0.05, 0.10, 0.25, 0.50];

    private readonly Scenario _scenario;
    private readonly int _requests;
    private readonly double _share;
    private readonly Draw _draw;
    private readonly Wobble _shared;
    private readonly Wobble _canary;
    private readonly Wobble _stable;
    private int _block;

    public TrafficStream(Scenario scenario, int rate, double share, int seed)
    {
        (_scenario, _share) = (scenario, share);
        _requests = rate * BlockSeconds;
        _draw = new Draw(seed);
        int canary = (int)Math.Round(_requests * share);
        double Variance(double autocorrelation, double bad, int trials) =>
            Wobble.VarianceFor(autocorrelation, scenario.Persistence, bad, trials);
        _shared = new Wobble(scenario.Persistence, Variance(scenario.SharedWobble, scenario.Stable, _requests - canary), _draw);
        _canary = new Wobble(scenario.Persistence, Variance(scenario.OwnWobble, scenario.Canary, canary), _draw);
        _stable = new Wobble(scenario.Persistence, Variance(scenario.OwnWobble, scenario.Stable, _requests - canary), _draw);
    }

    /// <summary>Stable alone, before the rollout.</summary>
    public IEnumerable<ArmCounts> Before()
    {
        for (int i = 0; i < History; i++)
        {
            double rate = _scenario.Stable * Swing(i - History) * _shared.Next() * _stable.Next();
            yield return new ArmCounts(_draw.Binomial(_requests, rate), _requests);
        }
    }

    /// <summary>The next block of the rollout.</summary>
    public Block Next()
    {
        double common = Swing(_block) * _shared.Next();
        double share = _scenario.ChangesWeights ? Ladder[_block / (Day / 12) % Ladder.Length] : _share;
        int canary = (int)Math.Round(_requests * share);
        _block++;
        return new Block(
            new ArmCounts(_draw.Binomial(canary, _scenario.Canary * common * _canary.Next()), canary),
            new ArmCounts(_draw.Binomial(_requests - canary, _scenario.Stable * common * _stable.Next()), _requests - canary));
    }

    private double Swing(int block) => _scenario.Swings ? Math.Pow(2, Math.Sin(2 * Math.PI * block / Day)) : 1;
}
