using System.Diagnostics;
using ModelOperator.Fuzzing.Generation;
using ModelOperator.Fuzzing.Instrumentation;
using ModelOperator.Fuzzing.Targets;
using ModelOperator.Protocol;

namespace ModelOperator.Fuzzing;

/// <summary>Feeds one target with inputs and keeps those that lead somewhere new.</summary>
internal sealed class FuzzRun(ITarget target, Coverage coverage, Findings findings, Watchdog watchdog, string corpusFolder, int randomSeed)
{
    /// <summary>A refusal with its text and its stack, and what a request holds besides its data.</summary>
    private const int AllocatedAtMost = 192 * 1024;

    /// <summary>A byte such as a list's comma may stand for an element of eight bytes, read twice into buffers that double.</summary>
    private const int AllocatedPerByte = 128;

    private static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(1);

    private readonly Random _random = new(randomSeed);
    private long _refused;

    public FuzzResult Run(long inputs)
    {
        Corpus corpus = new(corpusFolder, _random);
        Mutator mutator = new(_random, target.Words);
        foreach (byte[] seed in target.Seeds)
        {
            // A seed that is wrong would lead nowhere, and nobody would know.
            target.Read(seed);
        }

        foreach (byte[] input in target.Seeds.Concat(corpus.Stored()))
        {
            Try(input);
            corpus.Add(input, store: false);
        }

        _refused = 0;
        Stopwatch watch = Stopwatch.StartNew();
        for (long i = 0; i < inputs; i++)
        {
            byte[] input = mutator.Mutate(corpus.Next(), corpus.Any());
            if (Try(input))
            {
                corpus.Add(input, store: true);
            }
        }

        return new FuzzResult(target.Name, inputs, watch.Elapsed, corpus.Count, corpus.Bytes, coverage.Ways, _refused);
    }

    /// <summary>Whether the input did something new.</summary>
    private bool Try(byte[] input)
    {
        watchdog.Begin(input);
        coverage.Clear();
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        try
        {
            target.Read(input);
        }
        catch (ProtocolException e) when (e.StatusCode is >= 400 and < 500 && e.Message.Length is > 0 and < 4000)
        {
            _refused++;
        }
        catch (Exception e)
        {
            findings.Add(
                target.Name,
                input,
                $"{e.GetType().Name}: {e.Message}",
                e.StackTrace?.Split('\n').FirstOrDefault(l => l.Contains("ModelOperator", StringComparison.Ordinal))?.Trim() ?? "");
        }

        if (Stopwatch.GetElapsedTime(start) is var took && took > SlowAfter)
        {
            findings.Add(target.Name, input, $"it took {took.TotalSeconds:0.0} s", "time");
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (allocated > AllocatedAtMost + ((long)AllocatedPerByte * input.Length))
        {
            findings.Add(target.Name, input, $"it allocated {allocated} bytes for {input.Length}", "memory");
        }

        return coverage.IsNew();
    }
}
