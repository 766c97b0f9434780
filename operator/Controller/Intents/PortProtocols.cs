using System.Text.Json.Nodes;

namespace ModelOperator.Controller.Intents;

/// <summary>
/// Writes out the protocol of container ports. Server-side apply identifies a port by number and protocol, and before 1.21
/// does not know the default of the latter.
/// </summary>
internal static class PortProtocols
{
    public static void WriteOut(JsonObject podTemplate)
    {
        if (podTemplate["spec"] is not JsonObject spec)
        {
            return;
        }

        foreach (string list in new[] { "containers", "initContainers" })
        {
            foreach (JsonObject container in Objects(spec[list]))
            {
                foreach (JsonObject port in Objects(container["ports"]))
                {
                    port["protocol"] ??= "TCP";
                }
            }
        }
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? list) => (list as JsonArray)?.OfType<JsonObject>() ?? [];
}
