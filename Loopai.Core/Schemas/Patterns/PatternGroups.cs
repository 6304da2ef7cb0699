namespace Loopai.Core.Schemas.Patterns;

/// <summary>The capturing groups of a regular expression, which references may use before they are opened.</summary>
internal sealed class PatternGroups
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    public int Count { get; private set; }

    /// <summary>Whether anything refers to a group; otherwise none needs to be captured.</summary>
    public bool AreReferredTo { get; private set; }

    public static PatternGroups Of(string source)
    {
        var groups = new PatternGroups();
        var cursor = new PatternCursor(source);
        while (!cursor.AtEnd)
        {
            if (cursor.TryTake("["))
            {
                PatternEscapes.TakeClass(cursor);
            }
            else if (cursor.TryTake("\\"))
            {
                groups.AreReferredTo |= cursor.Current is 'k' or (>= '1' and <= '9');
                cursor.TakeCodePoint();
            }
            else if (cursor.TryTake("("))
            {
                groups.Open(cursor);
            }
            else
            {
                cursor.TakeCodePoint();
            }
        }

        return groups;
    }

    public int? NumberOf(string name) => _numbers.TryGetValue(name, out var number) ? number : null;

    private void Open(PatternCursor cursor)
    {
        if (!cursor.LooksAt("?"))
        {
            Count++;
        }
        else if (cursor.LooksAt("?<") && !cursor.LooksAt("?<=") && !cursor.LooksAt("?<!"))
        {
            cursor.TryTake("?<");
            var name = cursor.TakeUntil('>');
            Count++;
            if (name.Length == 0 || !_numbers.TryAdd(name, Count))
            {
                throw cursor.Fault($"has a group without a name of its own: \"{name}\"");
            }
        }
    }
}
