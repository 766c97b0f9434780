using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelOperator.Analysis;
using ModelOperator.Benchmarks.Rules;
using ModelOperator.Benchmarks.Streams;

namespace ModelOperator.Benchmarks.Evidence;

/// <summary>Paired against unpaired evidence on the digits models' own answers, real models on the rows held out in training.</summary>
internal static class Pairs
{
    private const int RowsABlock = 10;
    private const int MostBlocks = 5000;

    public static void Measure(Report report, int runs, string models)
    {
        var (images, labels) = ReadRows(Path.Combine(models, "digits-heldout.ndjson"));
        var rows = new List<string[]>();
        double worst = 0;
        double worstAtHalf = 0;
        foreach (var (stable, canary) in new[] { ("v1", "v3"), ("v2", "v3"), ("v2", "v1") })
        {
            report.Progress($"pairs, {stable} against {canary}");
            bool[] stableWrong = WrongAnswers(Path.Combine(models, $"digits-{stable}.onnx"), images, labels);
            bool[] canaryWrong = WrongAnswers(Path.Combine(models, $"digits-{canary}.onnx"), images, labels);
            double paired = Median(runs, seed => Paired(stableWrong, canaryWrong, new Draw(seed)));
            double tenth = Median(runs, seed => Unpaired(stableWrong, canaryWrong, 0.1, new Draw(seed)));
            double half = Median(runs, seed => Unpaired(stableWrong, canaryWrong, 0.5, new Draw(seed)));
            worst = Math.Max(worst, paired / tenth);
            worstAtHalf = Math.Max(worstAtHalf, paired / half);
            rows.Add(
            [
                $"{stable} -> {canary}",
                Report.Percent(stableWrong.Count(wrong => wrong) / (double)labels.Length),
                Report.Percent(canaryWrong.Count(wrong => wrong) / (double)labels.Length),
                Report.Number(paired),
                Report.Number(tenth),
                FormattableString.Invariant($"{paired / tenth:0.00}"),
                Report.Number(half),
                FormattableString.Invariant($"{paired / half:0.00}"),
            ]);
        }

        report.Table(
            "Pairs: median labelled requests, those of both arms counted, until a worse digits model is found; "
            + "unpaired with 10 % and 50 % canary.",
            ["stable -> canary", "stable wrong, %", "canary wrong, %", "paired", "unpaired, 10 %", "ratio", "unpaired, 50 %", "ratio"],
            rows);
        report.AtMost("paired-over-unpaired-samples-10%-canary", worst, 1.0 / 3);
        report.AtMost("paired-over-unpaired-samples-50%-canary", worstAtHalf, 1.0 / 3);
    }

    private static double Median(int runs, Func<int, double> run)
    {
        double[] samples = new double[runs];
        Parallel.For(0, runs, seed => samples[seed] = run(seed));
        return Runs.Median(samples);
    }

    private static double Paired(bool[] stableWrong, bool[] canaryWrong, Draw draw)
    {
        var evidence = new PairedEvidence();
        for (int block = 1; block <= MostBlocks; block++)
        {
            var (onlyCanary, onlyStable) = (0, 0);
            for (int i = 0; i < RowsABlock; i++)
            {
                int row = (int)(draw.Uniform() * stableWrong.Length);
                onlyCanary += canaryWrong[row] && !stableWrong[row] ? 1 : 0;
                onlyStable += stableWrong[row] && !canaryWrong[row] ? 1 : 0;
            }

            evidence = evidence.Add(RowsABlock, onlyCanary, onlyStable, 0);
            if (evidence.Harm.LogPeak >= Math.Log(100))
            {
                return block * RowsABlock;
            }
        }

        return double.PositiveInfinity;
    }

    private static double Unpaired(bool[] stableWrong, bool[] canaryWrong, double share, Draw draw)
    {
        double stable = stableWrong.Count(wrong => wrong) / (double)stableWrong.Length;
        double canary = canaryWrong.Count(wrong => wrong) / (double)canaryWrong.Length;
        var before = Enumerable.Range(0, 100).Select(_ => new ArmCounts(draw.Binomial(RowsABlock, stable), RowsABlock));
        var ours = new Ours(before);
        int canaryRows = (int)(RowsABlock * share);
        for (int block = 1; block <= MostBlocks; block++)
        {
            int others = RowsABlock - canaryRows;
            if (ours.RollsBack(new Block(
                new ArmCounts(draw.Binomial(canaryRows, canary), canaryRows),
                new ArmCounts(draw.Binomial(others, stable), others))))
            {
                return block * RowsABlock;
            }
        }

        return double.PositiveInfinity;
    }

    private static (float[][] Images, int[] Labels) ReadRows(string file)
    {
        var images = new List<float[]>();
        var labels = new List<int>();
        foreach (string line in File.ReadLines(file))
        {
            using var row = JsonDocument.Parse(line);
            images.Add([.. row.RootElement.GetProperty("image").EnumerateArray().Select(pixel => pixel.GetSingle())]);
            labels.Add(row.RootElement.GetProperty("label").GetInt32());
        }

        return ([.. images], [.. labels]);
    }

    private static bool[] WrongAnswers(string model, float[][] images, int[] labels)
    {
        using var session = new InferenceSession(model);
        string input = session.InputMetadata.Keys.First();
        return [.. images.Select((image, row) => Answer(session, input, image) != labels[row])];
    }

    private static int Answer(InferenceSession session, string input, float[] image)
    {
        var tensor = new DenseTensor<float>(image, [1, image.Length]);
        using var results = session.Run([NamedOnnxValue.CreateFromTensor(input, tensor)]);
        foreach (var result in results)
        {
            if (result.Value is Tensor<long> label)
            {
                return (int)label.GetValue(0);
            }
        }

        var scores = (Tensor<float>)results[0].Value;
        return Enumerable.Range(0, (int)scores.Length).MaxBy(scores.GetValue);
    }
}
