using ModelOperator.Protocol;

namespace ModelOperator.Server.Execution;

/// <summary>Tells a request that a model cannot compute from a model that computes nothing any more, as after a GPU was lost.</summary>
internal sealed class ModelHealth(OutputSelection all, ILogger logger)
{
    private volatile bool _broken;

    /// <summary>Inputs that the model computed at warm-up; none when it computed none of the made-up ones.</summary>
    public IReadOnlyList<InferTensor> Sample { get; set; } = [];

    /// <summary>False once the model failed on what it had computed before: only a restart helps.</summary>
    public bool Healthy => !_broken;

    /// <summary>Computes the sample again after a run has failed.</summary>
    public bool StillComputes(RunSlot slot)
    {
        if (Sample.Count == 0)
        {
            return true;
        }

        try
        {
            for (int i = 0; i < Sample.Count; i++)
            {
                slot.Bind(i, Sample[i]);
            }

            slot.Run(all).Release();
            return true;
        }
        catch (OrtCallException e)
        {
            _broken = true;
            LogMessages.ModelBroken(logger, SessionFactory.Reason(e.Message));
            return false;
        }
        finally
        {
            slot.Clear();
        }
    }
}
