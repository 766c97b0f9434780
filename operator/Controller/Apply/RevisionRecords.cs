using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ModelOperator.Api;
using ModelOperator.Controller.Intents;
using ModelOperator.Kubernetes.Client;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Rollouts;
using ModelOperator.Rollouts.Control;

namespace ModelOperator.Controller.Apply;

/// <summary>Keeps what revisions are made from, so that a Deployment that somebody edits or deletes can be made again.</summary>
internal sealed class RevisionRecords(IKubernetesClient client, ControllerOptions options)
{
    private const int MostRemembered = 10_000;

    // A record does not change: it is read once.
    private readonly ConcurrentDictionary<(string Uid, string Revision), EffectiveSpec> _known = new();

    /// <summary>Writes down what a revision is made from, before it is made.</summary>
    public async Task KeepAsync(ModelDeployment model, string revision, EffectiveSpec spec, CancellationToken cancellationToken)
    {
        if (_known.ContainsKey((model.Metadata.Uid!, revision)))
        {
            return;
        }

        string name = RevisionDeployment.NameOf(model.Metadata.Name, revision);
        ControllerRevision? there = await client.GetAsync(Resources.ControllerRevisions, model.Metadata.Namespace, name, cancellationToken);
        if (there is not null && RevisionRecord.Read(model, revision, there, options.PodTemplates) is null)
        {
            if (!Owners.IsOurs(there))
            {
                return;
            }

            // That of an earlier model of this name, or one that says something else.
            await client.DeleteAsync(Resources.ControllerRevisions, model.Metadata.Namespace, name, cancellationToken, there.Metadata.Uid);
            there = null;
        }

        if (there is null)
        {
            JsonObject record = RevisionRecord.Build(model, revision, spec.Runtime.Image);
            await client.ApplyAsync(Resources.ControllerRevisions, record, OwnedObjects.FieldManager, cancellationToken);
        }

        Remember(model, revision, spec);
    }

    /// <summary>What is known of the revisions in use that the spec does not ask for.</summary>
    /// <param name="model">The ModelDeployment.</param>
    /// <param name="wanted">The revision that is to serve; null when the spec cannot be acted on.</param>
    /// <param name="control">What a person orders: they may go back to any revision.</param>
    /// <param name="deployments">The Deployments of its revisions.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    public async Task<ImmutableDictionary<string, EffectiveSpec>> RecallAsync(
        ModelDeployment model,
        string? wanted,
        ControlRequest? control,
        IReadOnlyList<Deployment> deployments,
        CancellationToken cancellationToken)
    {
        var recalled = ImmutableDictionary<string, EffectiveSpec>.Empty;
        ControlOrder? order = control is null || model.Status is null ? null : ControlOrder.Parse(control.Text);
        string? target = order?.Action == ControlAction.Undo ? OrderCheck.UndoTarget(order, model.Status!) : null;
        string?[] inUse = [model.Status?.StableRevision, model.Status?.CanaryRevision, target];
        foreach (string revision in inUse.OfType<string>().Distinct().Where(revision => revision != wanted))
        {
            if (await FindAsync(model, revision, deployments, cancellationToken) is { } spec)
            {
                recalled = recalled.SetItem(revision, spec);
            }
        }

        return recalled;
    }

    /// <summary>What is to serve: the spec and the revision that it asks for, or the one that a person went back to from it.</summary>
    public async Task<(EffectiveSpec Spec, string Revision)> GoBackAsync(
        ModelDeployment model, EffectiveSpec spec, string asked, CancellationToken cancellationToken) =>
        model.Status?.Undo is { } undo
            && undo.From == asked
            && await FindAsync(model, undo.Revision, isDeploymentThere: true, cancellationToken) is { } earlier
            ? (earlier with { Replicas = spec.Replicas, Rollout = spec.Rollout }, undo.Revision)
            : (spec, asked);

    /// <summary>Deletes the record of a revision that is given up.</summary>
    public async Task DropAsync(ModelDeployment model, string revision, CancellationToken cancellationToken)
    {
        _known.TryRemove((model.Metadata.Uid!, revision), out _);
        string name = RevisionDeployment.NameOf(model.Metadata.Name, revision);
        if (await client.GetAsync(Resources.ControllerRevisions, model.Metadata.Namespace, name, cancellationToken) is { } there
            && Owners.Owns(model, there))
        {
            await client.DeleteAsync(Resources.ControllerRevisions, model.Metadata.Namespace, name, cancellationToken, there.Metadata.Uid);
        }
    }

    private Task<EffectiveSpec?> FindAsync(
        ModelDeployment model, string revision, IReadOnlyList<Deployment> deployments, CancellationToken cancellationToken)
    {
        string name = RevisionDeployment.NameOf(model.Metadata.Name, revision);
        return FindAsync(model, revision, deployments.Any(deployment => deployment.Metadata.Name == name), cancellationToken);
    }

    // Who deletes the record and then the Deployment gives the revision up.
    private async Task<EffectiveSpec?> FindAsync(
        ModelDeployment model, string revision, bool isDeploymentThere, CancellationToken cancellationToken)
    {
        string name = RevisionDeployment.NameOf(model.Metadata.Name, revision);
        if (isDeploymentThere && _known.TryGetValue((model.Metadata.Uid!, revision), out EffectiveSpec? known))
        {
            return known;
        }

        EffectiveSpec? spec =
            await client.GetAsync(Resources.ControllerRevisions, model.Metadata.Namespace, name, cancellationToken) is { } record
                ? RevisionRecord.Read(model, revision, record, options.PodTemplates)
                : null;
        if (spec is not null)
        {
            Remember(model, revision, spec);
        }

        return spec;
    }

    private void Remember(ModelDeployment model, string revision, EffectiveSpec spec)
    {
        if (_known.Count >= MostRemembered)
        {
            _known.Clear();
        }

        _known[(model.Metadata.Uid!, revision)] = spec;
    }
}
