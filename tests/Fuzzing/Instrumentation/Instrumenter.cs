using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace ModelOperator.Fuzzing.Instrumentation;

/// <summary>
/// Rewrites an assembly so that it counts which branches it takes. Each basic block gets a number, and on entering it
/// <c>Map[number ^ Previous]++; Previous = number >> 1</c> counts the way from the block before: the scheme of American fuzzy lop.
/// </summary>
internal static class Instrumenter
{
    public const string TypeName = "ModelOperator.Fuzzing.Coverage";
    public const string MapField = "Map";
    public const string PreviousField = "Previous";

    /// <summary>Ways between blocks that are told apart; a power of two.</summary>
    public const int MapLength = 1 << 16;

    /// <summary>Rewrites a file in place, unless that was done before; gives the number of blocks.</summary>
    public static int Rewrite(string path)
    {
        using MemoryStream result = new();
        int blocks = 0;
        using (ModuleDefinition module = ModuleDefinition.ReadModule(new MemoryStream(File.ReadAllBytes(path))))
        {
            if (module.GetType(TypeName) is not null)
            {
                return 0;
            }

            (FieldDefinition map, FieldDefinition previous) = AddFields(module);
            // The numbers decide which ways share a place in the map, so they are drawn, but the same ones every time.
            Random random = new(module.Types.Count);
            foreach (MethodDefinition method in module.GetTypes()
                .SelectMany(t => t.Methods)
                .Where(m => m.HasBody && m.DeclaringType.FullName != TypeName))
            {
                blocks += Rewrite(method.Body, map, previous, random);
            }

            module.Write(result);
        }

        File.WriteAllBytes(path, result.ToArray());
        return blocks;
    }

    private static (FieldDefinition Map, FieldDefinition Previous) AddFields(ModuleDefinition module)
    {
        TypeSystem types = module.TypeSystem;
        TypeDefinition type = new(
            "ModelOperator.Fuzzing",
            "Coverage",
            TypeAttributes.Public | TypeAttributes.Abstract | TypeAttributes.Sealed | TypeAttributes.BeforeFieldInit,
            types.Object);
        FieldDefinition map = new(MapField, FieldAttributes.Public | FieldAttributes.Static, new ArrayType(types.Byte));
        FieldDefinition previous = new(PreviousField, FieldAttributes.Public | FieldAttributes.Static, types.Int32);
        type.Fields.Add(map);
        type.Fields.Add(previous);
        MethodDefinition initializer = new(
            ".cctor",
            MethodAttributes.Private | MethodAttributes.Static | MethodAttributes.SpecialName | MethodAttributes.RTSpecialName
            | MethodAttributes.HideBySig,
            types.Void);
        ILProcessor il = initializer.Body.GetILProcessor();
        il.Emit(OpCodes.Ldc_I4, MapLength);
        il.Emit(OpCodes.Newarr, types.Byte);
        il.Emit(OpCodes.Stsfld, map);
        il.Emit(OpCodes.Ret);
        type.Methods.Add(initializer);
        module.Types.Add(type);
        return (map, previous);
    }

    private static int Rewrite(MethodBody body, FieldDefinition map, FieldDefinition previous, Random random)
    {
        body.SimplifyMacros();
        ILProcessor il = body.GetILProcessor();
        List<Instruction> starts = BasicBlocks.Starts(body);
        foreach (Instruction start in starts)
        {
            int number = random.Next(Instrumenter.MapLength);
            Instruction moved = il.Create(OpCodes.Nop);
            (moved.OpCode, moved.Operand) = (start.OpCode, start.Operand);
            // The instruction itself becomes the first of the counting, so that whatever branches to it counts.
            (start.OpCode, start.Operand) = (OpCodes.Ldsfld, map);
            Instruction at = start;
            foreach (Instruction next in (Instruction[])
            [
                il.Create(OpCodes.Ldc_I4, number), il.Create(OpCodes.Ldsfld, previous),
                il.Create(OpCodes.Xor), il.Create(OpCodes.Ldelema, map.Module.TypeSystem.Byte),
                il.Create(OpCodes.Dup), il.Create(OpCodes.Ldind_U1),
                il.Create(OpCodes.Ldc_I4_1), il.Create(OpCodes.Add), il.Create(OpCodes.Conv_U1), il.Create(OpCodes.Stind_I1),
                il.Create(OpCodes.Ldc_I4, number >> 1), il.Create(OpCodes.Stsfld, previous), moved,
            ])
            {
                il.InsertAfter(at, next);
                at = next;
            }
        }

        body.OptimizeMacros();
        return starts.Count;
    }
}
