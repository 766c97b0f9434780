using ModelOperator.Addressing;

namespace ModelOperator.Api.Validation;

/// <summary>Rules of spec.rollout.evaluation.</summary>
internal static class EvaluationRules
{
    private const string Root = "spec.rollout.evaluation";

    public static IEnumerable<FieldError> Check(EvaluationSpec? evaluation)
    {
        if (evaluation is null)
        {
            yield break;
        }

        if (evaluation is { MinAccuracyPercent: null, MaxAccuracyDropPercent: null, MaxMilliseconds: null })
        {
            yield return FieldError.Of(
                Root, "{...}",
                "sets no limit, so every revision would pass; set at least one of minAccuracyPercent, "
                + "maxAccuracyDropPercent and maxMilliseconds");
        }

        if (evaluation is { QuantilePercent: { } quantile, MaxMilliseconds: null })
        {
            yield return FieldError.Of($"{Root}.quantilePercent", quantile, "needs maxMilliseconds; set that too, or leave it out");
        }

        foreach (var error in Dataset(evaluation.Dataset))
        {
            yield return error;
        }
    }

    private static IEnumerable<FieldError> Dataset(EvaluationDataset dataset)
    {
        const string path = $"{Root}.dataset";
        var sources = new object?[] { dataset.Uri, dataset.ConfigMapKeyRef, dataset.PersistentVolumeClaim }
            .Count(source => source is not null);
        if (sources != 1)
        {
            yield return FieldError.Of(path, $"{sources} sources", "want exactly one of uri, configMapKeyRef and persistentVolumeClaim");
        }

        ModelAddress? address = null;
        foreach (var error in dataset.Uri is { } uri ? ModelAddressRules.Check($"{path}.uri", uri, out address) : [])
        {
            yield return error;
        }

        foreach (var error in ModelAddressRules.CheckIdentity(path, dataset.WorkloadIdentity, dataset.CredentialsSecretRef, address))
        {
            yield return error;
        }

        if (dataset is { WorkloadIdentity: true, Uri: null })
        {
            yield return FieldError.Of($"{path}.workloadIdentity", "true", "belongs to uri; leave it out");
        }

        if (dataset is { CredentialsSecretRef: { } secret, Uri: null })
        {
            yield return FieldError.Text($"{path}.credentialsSecretRef.name", secret.Name, "belongs to uri; leave it out");
        }

        // What is mounted is the volume; a path out of it would read the container's own files.
        if (dataset.PersistentVolumeClaim is { } file && (file.Path.StartsWith('/') || file.Path.Split('/').Contains("..")))
        {
            yield return FieldError.Text(
                $"{path}.persistentVolumeClaim.path", file.Path, "want a path on the volume, without a leading / and without ..");
        }
    }
}
