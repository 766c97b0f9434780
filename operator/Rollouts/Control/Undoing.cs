using ModelOperator.Api;

namespace ModelOperator.Rollouts.Control;

/// <summary>An earlier revision that a person went back to serves for as long as the spec asks for what it asked for then.</summary>
internal static class Undoing
{
    public static void ForgetOthers(Scope scope)
    {
        if (scope.Status.Undo is not { } undo || scope.Input.IsGuardOnly)
        {
            return;
        }

        if (undo.From == scope.Asked && undo.Revision != scope.Wanted)
        {
            scope.Tell(
                EventSeverity.Warning,
                Reasons.OrderRefused,
                $"revision {undo.Revision} cannot be gone back to any more: its record (ControllerRevision) is gone; "
                + "what the spec asks for is tried");
        }

        if (undo.From != scope.Asked || undo.Revision != scope.Wanted)
        {
            scope.Status.Undo = null;
        }
    }

    /// <summary>What serves in place of what, to be put at the end of a sentence.</summary>
    public static string Explain(Scope scope) => scope.IsUndoing
        ? $"; the spec asks for {scope.Asked}, from which {scope.Status.Undo!.By ?? "somebody"} went back: change the spec, "
            + $"or have it tried again with: kubectl model retry {scope.Input.Name}"
        : "";
}
