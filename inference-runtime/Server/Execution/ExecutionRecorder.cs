using ModelOperator.Server.Models;

namespace ModelOperator.Server.Execution;

/// <summary>Counts the runs of a model that clients caused.</summary>
internal sealed class ExecutionRecorder(ServedModel model)
{
    /// <summary>The model ran once; what the warm-up runs is no client's doing.</summary>
    public void Executed(int rows, TimeSpan input, TimeSpan infer, TimeSpan output)
    {
        if (model.Ready)
        {
            model.Statistics.Executed(rows, input, infer, output);
        }
    }
}
