using ModelOperator.Analysis;

namespace ModelOperator.Benchmarks.Streams;

/// <summary>A stream as a cell of the benchmark describes it: what stable did before the rollout, and what both arms do in it.</summary>
internal sealed record RealStream(string Name)
{
    /// <summary>Requests in a block.</summary>
    public int Requests { get; init; } = 500;

    public double BlockSeconds { get; init; } = 10;

    /// <summary>The canary's share of them.</summary>
    public double Share { get; init; } = 0.1;

    /// <summary>Stable's bad rate.</summary>
    public double Stable { get; init; } = 0.01;

    /// <summary>The canary's bad rate.</summary>
    public double Canary { get; init; } = 0.01;

    public double Margin { get; init; }

    /// <summary>Blocks of stable alone.</summary>
    public int History { get; init; } = 2160;

    /// <summary>Blocks of the rollout.</summary>
    public int Blocks { get; init; } = 8640;

    /// <summary>Stable's bad rate, from its usual one, in a block of the past (below 0) or the rollout.</summary>
    public Func<int, double, double> StableAt { get; init; } = (_, rate) => rate;

    public Func<int, double, double> CanaryAt { get; init; } = (_, rate) => rate;

    /// <summary>Requests of a block, where blocks differ.</summary>
    public Func<int, int, int> RequestsAt { get; init; } = (_, requests) => requests;

    /// <summary>Lag-1 autocorrelation of each arm's block rates from a wobble of its own, and how much of it lasts.</summary>
    public double OwnWobble { get; init; }

    public double Memory { get; init; } = 0.9;

    /// <summary>The first bad requests of the canary.</summary>
    public int ColdRequests { get; init; }

    /// <summary>Pods of the canary, of which one fails for one block every so many blocks, at random.</summary>
    public int HiccupEvery { get; init; }

    public int Pods { get; init; } = 10;

    /// <summary>One run of it.</summary>
    public Run Start(int seed) => new(this, new Draw(seed));

    internal sealed class Run
    {
        private readonly RealStream _stream;
        private readonly Draw _draw;
        private readonly Wobble _canary;
        private readonly Wobble _stable;
        private int _block;
        private int _cold;

        public Run(RealStream stream, Draw draw)
        {
            (_stream, _draw, _cold) = (stream, draw, stream.ColdRequests);
            int canary = (int)Math.Round(stream.Requests * stream.Share);
            _canary = new Wobble(stream.Memory, Wobble.VarianceFor(stream.OwnWobble, stream.Memory, stream.Canary, canary), draw);
            _stable = new Wobble(
                stream.Memory, Wobble.VarianceFor(stream.OwnWobble, stream.Memory, stream.Stable, stream.Requests - canary), draw);
        }

        public IEnumerable<ArmCounts> Before()
        {
            for (int block = -_stream.History; block < 0; block++)
            {
                int requests = _stream.RequestsAt(block, _stream.Requests);
                yield return new ArmCounts(_draw.Binomial(requests, _stream.StableAt(block, _stream.Stable) * _stable.Next()), requests);
            }
        }

        public Block Next()
        {
            int requests = _stream.RequestsAt(_block, _stream.Requests);
            double exact = requests * _stream.Share;
            int canary = (int)exact + (_draw.Uniform() < exact - (int)exact ? 1 : 0);
            double rate = Math.Min(1, _stream.CanaryAt(_block, _stream.Canary) * _canary.Next());
            int hit = _stream.HiccupEvery > 0 && _draw.Uniform() < 1.0 / _stream.HiccupEvery
                ? _draw.Binomial(canary, 1.0 / _stream.Pods)
                : 0;
            int cold = Math.Min(_cold, canary - hit);
            _cold -= cold;
            var block = new Block(
                new ArmCounts(hit + cold + _draw.Binomial(canary - hit - cold, rate), canary),
                new ArmCounts(
                    _draw.Binomial(requests - canary, Math.Min(1, _stream.StableAt(_block, _stream.Stable) * _stable.Next())),
                    requests - canary));
            _block++;
            return block;
        }
    }
}
