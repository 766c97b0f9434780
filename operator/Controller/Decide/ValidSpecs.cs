using System.Collections.Concurrent;
using ModelOperator.Api;
using ModelOperator.Api.Validation;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Controller.Decide;

/// <summary>The last valid spec of every ModelDeployment: a canary is judged by it while the newest spec is invalid.</summary>
internal sealed class ValidSpecs(ControllerOptions options)
{
    private readonly ConcurrentDictionary<EntityKey, (string Uid, EffectiveSpec Spec)> _known = new();

    public void Remember(ModelDeployment model, EffectiveSpec spec) => _known[EntityKey.Of(model)] = (model.Metadata.Uid!, spec);

    public void Forget(ModelDeployment model) => _known.TryRemove(EntityKey.Of(model), out _);

    /// <summary>
    /// What to judge by. An operator that has restarted does not know the last valid spec: it judges by spec.rollout as it is, or by the
    /// defaults when that is what is invalid.
    /// </summary>
    public EffectiveSpec Of(ModelDeployment model, IReadOnlyList<FieldError> errors)
    {
        if (_known.TryGetValue(EntityKey.Of(model), out var known) && known.Uid == model.Metadata.Uid)
        {
            return known.Spec;
        }

        bool isRolloutValid = errors.All(error => !error.Field.StartsWith("spec.rollout", StringComparison.Ordinal));
        return Defaults.Resolve(
            new ModelDeploymentSpec
            {
                Model = model.Spec.Model,
                Replicas = model.Spec.Replicas,
                Rollout = isRolloutValid ? model.Spec.Rollout : null,
            },
            options.RuntimeImage);
    }
}
