using ModelOperator.Protocol;
using ModelOperator.Server.Models;
using ModelOperator.Server.Statistics;

namespace ModelOperator.Server.Repository;

/// <summary>Statistics of models in the form of Triton's extension.</summary>
internal static class StatisticsAnswers
{
    public static ModelStatisticsEntry Of(ServedModel model)
    {
        StatisticsSnapshot read = model.Statistics.Read();
        return new ModelStatisticsEntry
        {
            Name = model.Name,
            Version = model.Version,
            LastInference = read.LastInferenceMilliseconds,
            InferenceCount = read.InferenceCount,
            ExecutionCount = read.ExecutionCount,
            InferenceStats = new InferenceDurations
            {
                Success = Duration(read.Success),
                Fail = Duration(read.Fail),
                Queue = Duration(read.Queue),
                ComputeInput = Duration(read.ComputeInput),
                ComputeInfer = Duration(read.ComputeInfer),
                ComputeOutput = Duration(read.ComputeOutput),
            },
            BatchStats =
            [
                .. read.Batches.Select(b => new BatchDurations(
                    b.BatchSize, Duration(b.ComputeInput), Duration(b.ComputeInfer), Duration(b.ComputeOutput))),
            ],
        };
    }

    private static CountedDuration Duration(DurationTotal total) => new(total.Count, total.Nanoseconds);
}
