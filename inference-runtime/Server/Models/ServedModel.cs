using Microsoft.ML.OnnxRuntime;

namespace ModelOperator.Server.Models;

/// <summary>The model of this server and what state it is in.</summary>
internal sealed class ServedModel(string name, string version, ILogger<ServedModel> logger) : IDisposable
{
    private volatile OnnxModel? _model;
    private WarmUp? _warmUp;
    private volatile bool _broken;

    public string Name => name;

    public string Version => version;

    /// <summary>The model once it is loaded and warm.</summary>
    public OnnxModel? Loaded => _model;

    /// <summary>False once the model failed on what it had computed before, as after a GPU was lost: only a restart helps.</summary>
    public bool Healthy => !_broken;

    public bool Ready => _model is not null && Healthy;

    public void Load(SessionFactory factory, string path, IReadOnlyList<ExecutionProvider> providers, TimeProvider time, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        LogMessages.Loading(logger, name, path, string.Join(", ", providers.Select(p => p.Name())));
        OnnxModel model = new(factory.Open(path, providers), logger);
        _warmUp = WarmUp.Run(model, time, logger, cancellationToken);
        _model = model;
        LogMessages.Ready(logger, name, Math.Round(time.GetElapsedTime(start).TotalSeconds, 3));
    }

    /// <summary>Whether a failed run was the request's fault: the model still computes what it computed at warm-up.</summary>
    public bool StillComputes(CancellationToken cancellationToken)
    {
        if (_warmUp is null)
        {
            return true;
        }

        try
        {
            _warmUp.Compute(cancellationToken);
            return true;
        }
        catch (OnnxRuntimeException e)
        {
            _broken = true;
            LogMessages.ModelBroken(logger, SessionFactory.Reason(e));
            return false;
        }
    }

    public void Dispose() => _model?.Dispose();
}
