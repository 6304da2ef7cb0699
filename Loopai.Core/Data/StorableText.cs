namespace Loopai.Core.Data;

/// <summary>Text that strangers wrote, as databases keep it.</summary>
public static class StorableText
{
    /// <summary>Without NUL and halves of characters, which are replaced, and at most so long, cut at no half of a character.</summary>
    /// <param name="text">The text.</param>
    /// <param name="max">Its greatest length.</param>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    public static string? Of(string? text, int max)
    {
        if (text is null)
        {
            return null;
        }

        var length = Math.Min(text.Length, max);
        if (length < text.Length && length > 0 && char.IsHighSurrogate(text[length - 1]) && char.IsLowSurrogate(text[length]))
        {
            length--;
        }

        return string.Create(length, text, static (into, from) =>
        {
            from.AsSpan(0, into.Length).CopyTo(into);
            for (var at = 0; at < into.Length; at++)
            {
                if (char.IsHighSurrogate(into[at]) && at + 1 < into.Length && char.IsLowSurrogate(into[at + 1]))
                {
                    at++;
                }
                else if (into[at] == '\0' || char.IsSurrogate(into[at]))
                {
                    into[at] = '\uFFFD';
                }
            }
        });
    }
}
