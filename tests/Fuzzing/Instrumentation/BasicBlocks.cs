using Mono.Cecil.Cil;

namespace ModelOperator.Fuzzing.Instrumentation;

/// <summary>Finds where the straight pieces of a method begin.</summary>
internal static class BasicBlocks
{
    public static List<Instruction> Starts(MethodBody body)
    {
        HashSet<Instruction> starts = [body.Instructions[0]];
        foreach (Instruction instruction in body.Instructions)
        {
            switch (instruction.Operand)
            {
                case Instruction target:
                    starts.Add(target);
                    break;
                case Instruction[] targets:
                    starts.UnionWith(targets);
                    break;
            }

            if (instruction.OpCode.FlowControl is FlowControl.Cond_Branch && instruction.Next is { } next)
            {
                starts.Add(next);
            }
        }

        foreach (ExceptionHandler handler in body.ExceptionHandlers)
        {
            starts.Add(handler.HandlerStart);
        }

        // In the order of the code, so that numbers are the same each time.
        return [.. body.Instructions.Where(starts.Contains)];
    }
}
