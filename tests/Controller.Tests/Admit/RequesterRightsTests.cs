using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOperator.Controller.Admit;
using ModelOperator.Kubernetes.Entities;
using ModelOperator.Testing;

namespace ModelOperator.Controller.Tests.Admit;

[Category("ApiServer")]
public sealed class RequesterRightsTests
{
    [Test]
    public async Task The_API_servers_own_rules_say_what_a_person_may_use()
    {
        ApiServerFixture server = await SharedApiServer.GetAsync();
        await using TestNamespace place = await server.CreateNamespaceAsync();
        await server.World.RbacAuthorizationV1.CreateNamespacedRoleAsync(
            new V1Role
            {
                Metadata = new V1ObjectMeta { Name = "eve" },
                Rules = [new V1PolicyRule { ApiGroups = [""], Resources = ["secrets"], ResourceNames = ["own"], Verbs = ["get"] }],
            },
            place.Name);
        await server.World.RbacAuthorizationV1.CreateNamespacedRoleBindingAsync(
            new V1RoleBinding
            {
                Metadata = new V1ObjectMeta { Name = "eve" },
                RoleRef = new V1RoleRef { ApiGroup = "rbac.authorization.k8s.io", Kind = "Role", Name = "eve" },
                Subjects = [new Rbacv1Subject { Kind = "Group", Name = "data-team", ApiGroup = "rbac.authorization.k8s.io" }],
            },
            place.Name);
        var rights = new RequesterRights(server.Client, TimeProvider.System, NullLogger<RequesterRights>.Instance);

        await Eventually.TrueAsync(
            async () => await RefusalAsync(rights, place.Name, "get", "secrets", "own") is null,
            "the server knows the role");
        Assert.That(await RefusalAsync(rights, place.Name, "get", "secrets", "payroll"), Does.Contain("may not get secrets \"payroll\""));
        Assert.That(await RefusalAsync(rights, place.Name, "get", "configmaps", "own"), Does.Contain("may not get configmaps \"own\""));
        Assert.That(
            await RefusalAsync(rights, place.Name, "impersonate", "serviceaccounts", "robot"),
            Does.Contain("may not impersonate serviceaccounts"));
        Assert.That(
            await RefusalAsync(rights, place.Name, "create", "persistentvolumeclaims", ""),
            Does.Contain("may not create persistentvolumeclaims in"));
        Assert.That(await RefusalAsync(rights, "default", "get", "secrets", "own"), Is.Not.Null);
    }

    private static async Task<string?> RefusalAsync(
        RequesterRights rights, string @namespace, string verb, string resource, string name) =>
        (await rights.FindRefusalAsync(
            new ReviewedUser { Username = "eve", Groups = ["system:authenticated", "data-team"] },
            @namespace,
            [new UsedObject(verb, resource, name, "spec.x")],
            CancellationToken.None))?.Message;
}
