using FsCheck;
using FsCheck.Fluent;
using ModelOperator.Kubernetes.Cache;
using ModelOperator.Kubernetes.Entities;

namespace ModelOperator.Kubernetes.Tests.Cache;

/// <summary>However objects come and go, the indexes say what a search through all objects would.</summary>
[TestFixture]
public sealed class EntityIndexProperties
{
    private static readonly string[] Few = ["a", "b", "c"];

    private static readonly Gen<(bool IsRemoval, ConfigMap Map)> Step =
        from isRemoval in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
        from @namespace in Gen.Elements(Few)
        from name in Gen.Elements(Few)
        from owners in Gen.SubListOf(Few)
        select (isRemoval, new ConfigMap
        {
            Metadata = new ObjectMeta
            {
                Namespace = @namespace,
                Name = name,
                OwnerReferences = [.. owners.Select(o => new OwnerReference { Uid = o })],
            },
        });

    [FsCheck.NUnit.Property]
    public Property Indexes_agree_with_a_search_through_all() => Prop.ForAll(Gen.ListOf(Step).ToArbitrary(), steps =>
    {
        var index = new EntityIndex<ConfigMap>();
        var expected = new Dictionary<EntityKey, ConfigMap>();
        foreach (var (isRemoval, map) in steps)
        {
            var key = EntityKey.Of(map);
            if (isRemoval)
            {
                if (index.Remove(key) is not null != expected.Remove(key))
                {
                    return false;
                }
            }
            else
            {
                if (!ReferenceEquals(index.Put(map), expected.GetValueOrDefault(key)))
                {
                    return false;
                }

                expected[key] = map;
            }
        }

        return Same(index.List(null), expected.Values)
            && Few.All(n => Same(index.List(n), expected.Values.Where(m => m.Metadata.Namespace == n)))
            && Few.All(o => Same(index.OwnedBy(o), expected.Values.Where(m => m.Metadata.OwnerReferences!.Exists(r => r.Uid == o))))
            && expected.All(e => ReferenceEquals(index.Get(e.Key), e.Value));
    });

    private static bool Same(IEnumerable<ConfigMap> left, IEnumerable<ConfigMap> right) => left.ToHashSet().SetEquals(right);
}
