using System.Collections.Concurrent;
using ModelOperator.Protocol;
using ModelOperator.Server.Models;
using ModelOperator.Server.Repository.Overrides;

namespace ModelOperator.Server.Repository;

/// <summary>Loads and unloads models, one change at a time.</summary>
internal sealed class ModelControl(
    IModelStore store, ModelRepository models, ModelOpener opener, ExecutionOptions served, IWarmUp warmUp,
    RepositoryOptions options, TimeProvider time, ILogger<ModelControl> logger)
    : IDisposable
{
    private readonly SemaphoreSlim _changing = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, string> _failures = new(StringComparer.Ordinal);

    /// <summary>Finds what there is to be loaded, so that requests for it are told that it will be.</summary>
    public void Prepare()
    {
        IReadOnlyList<ModelSource> sources = store.List();
        if (sources.Count == 0 && options.Control == ModelControlMode.None)
        {
            throw new TerminatingException(
                FailureReasons.ModelNotFound, $"{options.Root} has no models, expected files as NAME/VERSION/{ModelDirectory.ModelFile}");
        }

        foreach (IGrouping<string, ModelSource> model in sources.GroupBy(s => s.Name))
        {
            models.Replace(model.Key, [.. model.Select(Create)]);
        }
    }

    /// <summary>Loads what was found.</summary>
    public async Task LoadAllAsync(CancellationToken cancellationToken)
    {
        foreach (ServedModel model in models.All)
        {
            try
            {
                await OpenAsync(model, served, config: null, cancellationToken);
            }
            catch (Exception e) when (options.Control == ModelControlMode.Explicit && e is not OperationCanceledException)
            {
                LogMessages.LoadOfModelFailed(logger, e, model.Name);
                _failures[model.Name] = e.Message;
                Retire(models.Replace(model.Name, []));
            }
        }
    }

    /// <summary>What can be served and what state it is in.</summary>
    public async Task<IReadOnlyList<ModelState>> IndexAsync(bool onlyReady, CancellationToken cancellationToken)
    {
        IReadOnlyList<ModelSource> sources = await Task.Run(store.List, cancellationToken);
        IEnumerable<(string Name, string Version)> known =
            sources.Select(s => (s.Name, s.Version)).Union(models.All.Select(m => (m.Name, m.Version)));
        return [.. known.OrderBy(k => k.Name, StringComparer.Ordinal)
            .Select(k => StateOf(k.Name, k.Version))
            .Where(s => !onlyReady || s.State == "READY")];
    }

    /// <summary>
    /// Loads a model as it is now in the repository, or as the client says; until that is done, what was loaded before goes on.
    /// </summary>
    /// <param name="name">The model.</param>
    /// <param name="asked">What the client says of the model.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ProtocolException">It is not there, or cannot be loaded.</exception>
    public Task LoadAsync(string name, ModelOverride asked, CancellationToken cancellationToken) => ChangeAsync(name, "load", async () =>
    {
        List<ServedModel> opened = [];
        try
        {
            (ConfigOverride? config, OverrideFiles? files) = asked.For(name) ?? default;
            ExecutionOptions execution = config?.ApplyTo(served) ?? served;
            opened.AddRange(Sources(name, config?.Versions, files).Select(Create));
            foreach (ServedModel model in opened)
            {
                await OpenAsync(model, execution, config, cancellationToken);
            }
        }
        catch (Exception e)
        {
            opened.ForEach(model => model.Dispose());
            if (e is OperationCanceledException)
            {
                throw;
            }

            if (opened.Count == 0 && e is ProtocolException wrong)
            {
                // Nothing was tried; Triton's clients look for the words.
                throw new ProtocolException(wrong.StatusCode, $"failed to load '{name}': {e.Message}");
            }

            LogMessages.LoadOfModelFailed(logger, e, name);
            _failures[name] = e.Message;
            throw new ProtocolException($"failed to load '{name}': {e.Message}", e);
        }

        _failures.TryRemove(name, out _);
        Retire(models.Replace(name, opened));
    }, cancellationToken);

    /// <summary>Takes a model out; requests that have come in are still answered.</summary>
    /// <exception cref="ProtocolException">It is not loaded.</exception>
    public Task UnloadAsync(string name, CancellationToken cancellationToken) => ChangeAsync(name, "unload", () =>
    {
        IReadOnlyList<ServedModel> before = models.Replace(name, []);
        if (before.Count == 0)
        {
            throw new ProtocolException(404, $"failed to unload '{name}': it is not loaded");
        }

        _failures[name] = "unloaded";
        Retire(before);
        LogMessages.Unloaded(logger, name);
        return Task.CompletedTask;
    }, cancellationToken);

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
        _changing.Dispose();
    }

    private async Task ChangeAsync(string name, string what, Func<Task> change, CancellationToken cancellationToken)
    {
        if (options.Control == ModelControlMode.None)
        {
            throw new ProtocolException(
                $"failed to {what} '{name}': clients may not load and unload models, the server runs with --model-control none");
        }

        await _changing.WaitAsync(cancellationToken);
        try
        {
            await change();
        }
        finally
        {
            _changing.Release();
        }
    }

    private ServedModel Create(ModelSource source) => new(source, time, logger);

    private IReadOnlyList<ModelSource> Sources(string name, VersionChoice? versions, OverrideFiles? files)
    {
        if (files is not null)
        {
            return ModelNames.IsValid(name)
                ? files.Write(name, versions ?? new VersionChoice(options.LatestVersions, []))
                : throw new ProtocolException($"the name is not made of {ModelNames.Expected}");
        }

        IReadOnlyList<ModelSource> sources = store.Find(name, versions);
        return sources.Count > 0 ? sources : throw new ProtocolException(404, "the repository has no such model");
    }

    private async Task OpenAsync(ServedModel model, ExecutionOptions execution, ConfigOverride? config, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        await Task.Run(() => model.Load(config is null ? opener : opener.With(execution), cancellationToken), cancellationToken);
        config?.Check(model.Require());
        if (model.Sample.Count > 0)
        {
            await warmUp.RunAsync(model, cancellationToken);
        }

        model.MarkReady();
        LogMessages.Ready(logger, model.Name, Math.Round(time.GetElapsedTime(start).TotalSeconds, 3));
    }

    /// <summary>Frees models later: a request that found one of them uses it within its own limit of time, or never.</summary>
    private void Retire(IReadOnlyList<ServedModel> before)
    {
        foreach (ServedModel model in before)
        {
            _ = RetireAsync(model);
        }
    }

    private async Task RetireAsync(ServedModel model)
    {
        await Task.Delay(options.RetireAfter, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        model.Dispose();
    }

    private ModelState StateOf(string name, string version)
    {
        ServedModel? model = models.Versions(name).FirstOrDefault(m => m.Version == version);
        return model is null ? new ModelState(name, version, "UNAVAILABLE", _failures.GetValueOrDefault(name, "not loaded"))
            : model.Ready ? new ModelState(name, version, "READY", "")
            : model.Healthy ? new ModelState(name, version, "LOADING", "")
            : new ModelState(name, version, "UNAVAILABLE", "the model is broken");
    }
}

/// <summary>A version of a model in the repository's index.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="Version">The version.</param>
/// <param name="State">READY, LOADING or UNAVAILABLE.</param>
/// <param name="Reason">Why it is unavailable.</param>
internal sealed record ModelState(string Name, string Version, string State, string Reason);
