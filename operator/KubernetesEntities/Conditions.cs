
namespace ModelOperator.Kubernetes.Entities;

/// <summary>Reads and writes lists of conditions.</summary>
public static class Conditions
{
    public const string True = "True";
    public const string False = "False";
    public const string Unknown = "Unknown";

    /// <summary>
    /// Sets one condition. Its transition time moves only when its status changes, so that it says since when the status holds
    /// and a status written twice is the same status. True when anything changed.
    /// </summary>
    public static bool Set(
        List<Condition> conditions, string type, string status, string reason, string message, long? generation, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(conditions);
        // The API keeps whole seconds: a finer time would differ from what is read back.
        var transition = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        if (conditions.Find(c => c.Type == type) is not { } condition)
        {
            conditions.Add(new()
            {
                Type = type,
                Status = status,
                Reason = reason,
                Message = message,
                ObservedGeneration = generation,
                LastTransitionTime = transition,
            });
            return true;
        }

        if (condition.Status == status && condition.Reason == reason && condition.Message == message
            && condition.ObservedGeneration == generation)
        {
            return false;
        }

        if (condition.Status != status || condition.LastTransitionTime is null)
        {
            condition.LastTransitionTime = transition;
        }

        condition.Status = status;
        condition.Reason = reason;
        condition.Message = message;
        condition.ObservedGeneration = generation;
        return true;
    }

    public static Condition? Get(IEnumerable<Condition>? conditions, string type) => conditions?.FirstOrDefault(c => c.Type == type);

    public static bool IsTrue(IEnumerable<Condition>? conditions, string type) => Get(conditions, type)?.Status == True;
}
