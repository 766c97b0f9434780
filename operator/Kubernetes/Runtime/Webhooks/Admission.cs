using System.Text.Json.Nodes;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Runtime.Webhooks;

/// <summary>What somebody wants to do to an object.</summary>
/// <param name="Operation">What is to be done.</param>
/// <param name="Object">The object as it would be; null for a deletion.</param>
/// <param name="OldObject">The object as it is; null for a creation.</param>
/// <param name="Subresource">The subresource written to, such as <c>scale</c>, or null.</param>
/// <param name="Namespace">The object's namespace.</param>
/// <param name="User">Who asks.</param>
/// <param name="DryRun">Nothing will be stored whatever the answer.</param>
/// <param name="Uid">Names the request.</param>
public sealed record AdmissionRequest<TEntity>(
    AdmissionOperation Operation,
    TEntity? Object,
    TEntity? OldObject,
    string? Subresource,
    string? Namespace,
    ReviewedUser? User,
    bool DryRun,
    string? Uid = null)
    where TEntity : KubernetesObject;

/// <summary>What is to be done to an object.</summary>
public enum AdmissionOperation
{
    Create,
    Update,
    Delete,
    Connect,
}

/// <summary>The answer: yes, perhaps with warnings that kubectl shows, or no and why.</summary>
public sealed record AdmissionResult
{
    private AdmissionResult()
    {
    }

    public bool IsAllowed { get; private init; }

    /// <summary>JSON patch (RFC 6902) of the object, from a mutating webhook; null to leave it as it is.</summary>
    public JsonArray? Patch { get; private init; }

    /// <summary>What is wrong and what would be right.</summary>
    public string Message { get; private init; } = "";

    /// <summary>HTTP status of a refusal.</summary>
    public int Code { get; private init; }

    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>The fields that are wrong.</summary>
    public IReadOnlyList<AdmissionCause> Causes { get; private init; } = [];

    public static AdmissionResult Allow(params IReadOnlyList<string> warnings) => new() { IsAllowed = true, Warnings = warnings };

    /// <summary>Yes, to the object changed in this way.</summary>
    public static AdmissionResult Change(JsonArray patch) => new() { IsAllowed = true, Patch = patch };

    public static AdmissionResult Deny(string message, int code = 422) => new() { Message = message, Code = code };

    /// <summary>Refuses an object for its fields.</summary>
    public static AdmissionResult Invalid(string message, IReadOnlyList<AdmissionCause> causes) =>
        new() { Message = message, Code = 422, Causes = causes };
}

/// <summary>One field that is wrong.</summary>
/// <param name="Field">Path of the field; empty when it is the object as a whole.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record AdmissionCause(string Field, string Message);
