using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ModelOperator.Protocol;

/// <summary>What came of feedback: predictions that were right, and predictions that were wrong.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Outcomes(int Correct, int Incorrect)
{
    /// <summary>All servers and routers must come to the same outcome, so that this is no secret.</summary>
    private static readonly SipHash Draw = new(0x6d6f64656c2d6f70, 0x7265776172642d31);

    /// <summary>
    /// Counts rewards: one of r as right with probability r. The mean stays what it is, and each outcome is a trial of its own, as the
    /// evidence wants it. The draw is made by the id, so that the same feedback has the same outcome wherever and however often it arrives.
    /// </summary>
    public static Outcomes Of(string id, IReadOnlyList<double> rewards)
    {
        int correct = 0;
        for (int i = 0; i < rewards.Count; i++)
        {
            correct += IsRight(id, i, rewards[i]) ? 1 : 0;
        }

        return new Outcomes(correct, rewards.Count - correct);
    }

    /// <summary>Holds truths against predictions, for feedback that has both.</summary>
    /// <exception cref="ProtocolException">They cannot be compared.</exception>
    public static Outcomes Of(FeedbackValues prediction, FeedbackValues truth, PredictionKind kind, Tolerance tolerance)
    {
        if (prediction.Items.Count != truth.Items.Count || prediction.Width != truth.Width)
        {
            throw new ProtocolException(
                $"truth has {truth.Items.Count} values, but prediction has {prediction.Items.Count}; they must be as many, "
                + "and nested alike");
        }

        return kind switch
        {
            PredictionKind.Label => OfLabels(prediction.Labels("prediction"), truth.Labels("truth")),
            PredictionKind.Number => OfNumbers(prediction.Numbers("prediction"), truth.Numbers("truth"), truth.Width ?? 1, tolerance),
            _ => throw new ProtocolException("truth is not what this model is judged by: send correct or reward"),
        };
    }

    private static Outcomes OfLabels(string[] prediction, string[] truth)
    {
        int correct = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            correct += prediction[i] == truth[i] ? 1 : 0;
        }

        return new Outcomes(correct, truth.Length - correct);
    }

    private static Outcomes OfNumbers(double[] prediction, double[] truth, int width, Tolerance tolerance)
    {
        int correct = 0;
        for (int row = 0; row < truth.Length; row += width)
        {
            bool right = true;
            for (int i = row; i < row + width; i++)
            {
                right &= tolerance.Allows(prediction[i], truth[i]);
            }

            correct += right ? 1 : 0;
        }

        return new Outcomes(correct, (truth.Length / width) - correct);
    }

    private static bool IsRight(string id, int row, double reward)
    {
        Span<byte> place = stackalloc byte[sizeof(ulong) + sizeof(int)];
        BinaryPrimitives.WriteUInt64LittleEndian(place, Draw.Of(id));
        BinaryPrimitives.WriteInt32LittleEndian(place[sizeof(ulong)..], row);
        // The upper 53 bits make a number from 0 to below 1.
        return (Draw.Of(place) >> 11) * (1.0 / (1L << 53)) < reward;
    }
}
