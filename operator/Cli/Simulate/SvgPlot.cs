namespace ModelOperator.Cli.Simulate;

/// <summary>
/// Two pictures over one axis of time: the probability that a rollout has ended in each way by then, and the canary's weight.
/// </summary>
internal sealed class SvgPlot
{
    private const int Width = 880;
    private const int Height = 560;
    private const double Left = 72;
    private const double Right = Width - 28;
    private const double UpperTop = 84;
    private const double UpperBottom = 324;
    private const double LowerTop = 362;
    private const double LowerBottom = 492;
    private const int Columns = 300;

    // So that what happens last does not lie on the edge.
    private const double Margin = 1.03;
    private const string Grid = "#e4e4e4";
    private const string Frame = "#777777";
    private const string WeightColour = "#33658a";

    private readonly SvgCanvas _canvas;
    private readonly TimeAxis _time;
    private readonly IReadOnlyList<RunResult> _runs;

    private SvgPlot(SvgCanvas canvas, IReadOnlyList<RunResult> runs)
    {
        _canvas = canvas;
        _runs = runs;
        double first = runs.Min(run => run.Weights.Count > 0 ? run.Weights[0].Second : run.Seconds);
        _time = new TimeAxis(first, runs.Min(run => run.Seconds), runs.Max(run => run.Seconds) * Margin, Left, Right - Left);
    }

    /// <summary>Draws the runs.</summary>
    public static void Write(Stream output, SimulationSettings settings, SimulationReport report, IReadOnlyList<RunResult> runs)
    {
        string outcomes = string.Join(
            ", ", report.Outcomes.Select(outcome => $"{ReportWords.Outcome(outcome.Outcome)} {Words.Percent(outcome.Probability.Share)}"));
        using var canvas = new SvgCanvas(
            output, Width, Height, $"How a rollout of {settings.Name} would go", $"Of {runs.Count} simulated rollouts: {outcomes}.");
        var plot = new SvgPlot(canvas, runs);
        canvas.Text(Left, 28, $"{settings.Name}: how {runs.Count} simulated rollouts went", size: 16);
        plot.DrawLegend(report);
        plot.DrawAxes();
        foreach (var outcome in Enum.GetValues<Outcome>())
        {
            plot.DrawOutcome(outcome);
        }

        plot.DrawWeights();
    }

    private static (string Colour, string? Dashes) Style(Outcome outcome) => outcome switch
    {
        Outcome.Promoted => ("#1b7f4b", null),
        Outcome.RolledBack => ("#c0322b", "7 3"),
        _ => ("#b57a00", "2 3"),
    };

    private void DrawLegend(SimulationReport report)
    {
        double x = Left;
        foreach (var outcome in report.Outcomes)
        {
            var (colour, dashes) = Style(outcome.Outcome);
            string when = outcome.Seconds is { } time ? $", median {Words.Time(time.Median)}" : "";
            string text = $"{ReportWords.Outcome(outcome.Outcome)} {Words.Percent(outcome.Probability.Share)}{when}";
            _canvas.Line(x, 56, x + 30, 56, colour, 2, dashes);
            _canvas.Text(x + 36, 60, text);
            x += 60 + (6.6 * text.Length);
        }
    }

    private void DrawAxes()
    {
        foreach (double seconds in _time.Ticks())
        {
            double x = _time.At(seconds);
            _canvas.Line(x, UpperTop, x, UpperBottom, Grid);
            _canvas.Line(x, LowerTop, x, LowerBottom, Grid);
            _canvas.Line(x, LowerBottom, x, LowerBottom + 5, Frame);
            _canvas.Text(x, LowerBottom + 20, Words.Time(seconds), "middle");
        }

        DrawShares(UpperTop, UpperBottom, "rollouts ended so far");
        DrawShares(LowerTop, LowerBottom, "canary's share");
        _canvas.Text(Left, LowerTop - 9, "canary's share of requests: median, and 5 to 95 % of the rollouts", size: 11, colour: "#555555");
        _canvas.Text(
            (Left + Right) / 2, Height - 22, $"time since the spec was changed{(_time.IsLogarithmic ? " (logarithmic)" : "")}", "middle");
    }

    private void DrawShares(double top, double bottom, string title)
    {
        for (int percent = 0; percent <= 100; percent += 25)
        {
            double y = bottom - ((bottom - top) * percent / 100);
            _canvas.Line(Left, y, Right, y, percent == 0 ? Frame : Grid);
            _canvas.Text(Left - 8, y + 4, $"{percent} %", "end");
        }

        _canvas.Line(Left, top, Left, bottom, Frame);
        _canvas.Text(20, (top + bottom) / 2, title, "middle", isUpright: true);
    }

    private void DrawOutcome(Outcome outcome)
    {
        int[] ends = [.. _runs.Where(run => run.Outcome == outcome).Select(run => run.Seconds).Order()];
        if (ends.Length == 0)
        {
            return;
        }

        double Y(int count) => UpperBottom - ((UpperBottom - UpperTop) * count / _runs.Count);
        var points = new List<(double X, double Y)> { (Left, Y(0)) };
        for (int i = 0; i < ends.Length; i++)
        {
            points.Add((_time.At(ends[i]), Y(i)));
            points.Add((_time.At(ends[i]), Y(i + 1)));
        }

        points.Add((Right, Y(ends.Length)));
        var (colour, dashes) = Style(outcome);
        _canvas.Path(points, colour, dashes);
    }

    private void DrawWeights()
    {
        var columns = Enumerable.Range(0, Columns + 1).Select(i => Left + ((Right - Left) * i / Columns)).ToList();
        var spreads = columns.Select(x => Spread.Of(_runs.Select(run => (double)WeightAt(run, _time.Of(x))))!).ToList();
        double Y(double weight) => LowerBottom - ((LowerBottom - LowerTop) * weight / 100);
        var upper = Steps(columns, [.. spreads.Select(spread => Y(spread.P95))]);
        var lower = Steps(columns, [.. spreads.Select(spread => Y(spread.P5))]);
        _canvas.Area(upper.Concat(Enumerable.Reverse(lower)), WeightColour, 0.18);
        _canvas.Path(Steps(columns, [.. spreads.Select(spread => Y(spread.Median))]), WeightColour, null);
    }

    private static int WeightAt(RunResult run, double seconds) =>
        run.Weights.LastOrDefault(change => change.Second <= seconds)?.Weight ?? 0;

    private static List<(double X, double Y)> Steps(List<double> x, List<double> y)
    {
        var points = new List<(double X, double Y)> { (x[0], y[0]) };
        for (int i = 1; i < x.Count; i++)
        {
            if (y[i] != y[i - 1])
            {
                points.Add((x[i], y[i - 1]));
                points.Add((x[i], y[i]));
            }
        }

        points.Add((x[^1], y[^1]));
        return points;
    }
}
