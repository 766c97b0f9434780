using YamlDotNet.RepresentationModel;

namespace ModelOperator.Kubernetes.Client.Configuration;

/// <summary>Whom a kubeconfig's user acts as: as, as-uid, as-groups and as-user-extra.</summary>
internal static class KubeconfigImpersonation
{
    public static Impersonation? Read(KubeconfigEntry user)
    {
        var uid = Checked(user, "as-uid", user.Text("as-uid"));
        IReadOnlyList<string> groups = [.. Texts(user, "as-groups", user.Fields.Child("as-groups"))];
        IReadOnlyList<KeyValuePair<string, string>> extra =
        [
            .. (user.Fields.Map("as-user-extra")?.Children ?? Enumerable.Empty<KeyValuePair<YamlNode, YamlNode>>())
                .SelectMany(e => Texts(user, "as-user-extra", e.Value)
                    .Select(value => KeyValuePair.Create((e.Key as YamlScalarNode)?.Value ?? "", value))),
        ];
        return Checked(user, "as", user.Text("as")) is { } name
            ? new Impersonation(name) { Uid = uid, Groups = groups, Extra = extra }
            : uid is null && groups.Count == 0 && extra.Count == 0
                ? null
                : throw user.Wrong("as", "is missing; as-uid, as-groups and as-user-extra are of no use without it");
    }

    private static IEnumerable<string> Texts(KubeconfigEntry user, string field, YamlNode? node) => node switch
    {
        null => [],
        YamlSequenceNode list => list.Children.Select(item => Checked(user, field, (item as YamlScalarNode)?.Value)
            ?? throw user.Wrong(field, "holds an entry that is no text")),
        _ => throw user.Wrong(field, "is not a list; a list of texts is expected"),
    };

    /// <summary>It goes into a header, which holds no other characters.</summary>
    private static string? Checked(KubeconfigEntry user, string field, string? text) =>
        text is null || text.All(c => c is >= ' ' and <= '~')
            ? text
            : throw user.Wrong(field, "holds a character that no header can carry; printable ASCII is expected");
}
