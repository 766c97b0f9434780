using System.Text.RegularExpressions;

namespace ModelOperator.Api.Validation;

/// <summary>
/// The rules that a schema alone cannot state: between fields, and on the form of names and addresses. The CRD holds those that CEL can
/// state as well; the webhook asks here on servers without CEL, and the operator before it acts, because a webhook can be away.
/// </summary>
/// <remarks>
/// Ranges and lengths are the schema's, which every server checks. Enums are too, and are checked here as well: the schema may be of a
/// newer version than this program.
/// </remarks>
public static partial class ModelDeploymentValidator
{
    /// <summary>Checks everything; empty when all is well.</summary>
    public static IReadOnlyList<FieldError> Validate(ModelDeployment entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        IReadOnlyList<FieldError> unknown = [.. EnumRules.Check(entity.Spec)];
        if (unknown.Count > 0)
        {
            // What the other rules say of a value that nobody knows would only confuse.
            return unknown;
        }

        return
        [
            .. Name(entity.Metadata.Name),
            .. ModelSourceRules.Check(entity.Spec.Model),
            .. RuntimeRules.Check(entity.Spec.Runtime),
            .. RolloutRules.Check(entity.Spec.Rollout),
            .. FeedbackRules.Check(entity.Spec),
        ];
    }

    // A name the API server has yet to generate is checked when it is there.
    private static IEnumerable<FieldError> Name(string name)
    {
        if (name.Length > ModelDeployment.MaxNameLength)
        {
            yield return FieldError.Text(
                "metadata.name", name,
                $"has {name.Length} characters; at most {ModelDeployment.MaxNameLength}, because \"-\" and a revision are appended to it");
        }
        else if (name.Length > 0 && !ServiceName().IsMatch(name))
        {
            yield return FieldError.Text(
                "metadata.name", name,
                "must be a valid Service name: lower-case letters, digits and \"-\", "
                + "starting with a letter and ending with a letter or digit");
        }
    }

    [GeneratedRegex(@"\A[a-z]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ServiceName();
}
