using System.Globalization;

namespace ModelOperator.Fuzzing;

/// <summary>What a run over one target was.</summary>
internal sealed record FuzzResult(string Target, long Inputs, TimeSpan Time, int Corpus, long CorpusBytes, int Ways, long Refused)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Target,-10} {Inputs,12:N0} inputs {Time.TotalSeconds,8:0.0} s {Inputs / Math.Max(Time.TotalSeconds, 0.001),10:N0}/s  corpus "
        + $"{Corpus,6:N0} ({CorpusBytes / 1024,6:N0} KiB)  {Ways,6:N0} ways  {100.0 * Refused / Math.Max(Inputs, 1),5:0.0} % refused");
}
