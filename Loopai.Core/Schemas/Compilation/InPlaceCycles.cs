using Loopai.Core.Schemas.Evaluation;

namespace Loopai.Core.Schemas.Compilation;

/// <summary>
/// Refuses schemas that apply themselves to the very same instance, which would never end. Applying themselves to a part of the
/// instance, as a tree does, is fine.
/// </summary>
internal static class InPlaceCycles
{
    private enum Progress
    {
        Begun,
        Done,
    }

    public static void Refuse(IEnumerable<SchemaNode> nodes)
    {
        var progress = new Dictionary<SchemaNode, Progress>();
        foreach (var node in nodes)
        {
            Visit(node, progress);
        }
    }

    // With a stack of its own: a chain of references may be longer than the thread's stack is deep.
    private static void Visit(SchemaNode start, Dictionary<SchemaNode, Progress> progress)
    {
        if (!progress.TryAdd(start, Progress.Begun))
        {
            return;
        }

        var path = new Stack<(SchemaNode Node, IEnumerator<(Keyword Keyword, SchemaNode Node)> Steps)>();
        path.Push((start, Steps(start)));
        while (path.TryPeek(out var top))
        {
            if (!top.Steps.MoveNext())
            {
                progress[top.Node] = Progress.Done;
                path.Pop();
                continue;
            }

            var (keyword, next) = top.Steps.Current;
            if (progress.TryAdd(next, Progress.Begun))
            {
                path.Push((next, Steps(next)));
            }
            else if (progress[next] == Progress.Begun)
            {
                throw new InvalidSchemaException(
                    keyword.Pointer,
                    $"{keyword.Name}: leads back to the schema at \"{next.Pointer}\" for the same value, which would never end");
            }
        }
    }

    private static IEnumerator<(Keyword Keyword, SchemaNode Node)> Steps(SchemaNode node) =>
        node.Keywords.SelectMany(keyword => keyword.InPlace.Select(next => (keyword, next))).GetEnumerator();
}
