using System.Text;
using Loopai.Core.Errors;

namespace Loopai.Core.Programs;

/// <summary>A program that somebody wrote.</summary>
/// <param name="Language">Python or JavaScript.</param>
/// <param name="Code">The source, defining <c>execute</c>.</param>
/// <param name="Notes">What is new in it, for people.</param>
public sealed record CreateProgram(ProgramLanguage? Language, string? Code, string? Notes)
{
    public const int MaxCodeBytes = 256 * 1024;
    public const int MaxNotesLength = 10_000;

    internal void Validate()
    {
        var bytes = Encoding.UTF8.GetByteCount(Code ?? "");
        CheckNotes(
            new FieldErrors()
                .AddIf(Language is not (ProgramLanguage.Python or ProgramLanguage.JavaScript), "language", "The language is python or javascript.")
                .AddIf(string.IsNullOrWhiteSpace(Code), "code", "A program needs its source, which defines 'execute'.")
                .AddIf(bytes > MaxCodeBytes, "code", $"A program has at most {MaxCodeBytes / 1024} KB; this one has {(bytes + 1023) / 1024} KB.")
                .AddIf(!IsText(Code), "code", "The source holds a NUL character or half of a surrogate pair."),
            Notes);
    }

    internal static void CheckNotes(FieldErrors errors, string? notes) => errors
        .AddIf(notes?.Length > MaxNotesLength, "notes", $"Notes have at most {MaxNotesLength} characters.")
        .AddIf(!IsText(notes), "notes", "The notes hold a NUL character or half of a surrogate pair.")
        .ThrowIfAny("program.invalid", "The program cannot be taken as it stands.");

    private static bool IsText(string? text)
    {
        for (var i = 0; i < text?.Length; i++)
        {
            if (text[i] == '\0' || char.IsLowSurrogate(text[i]) || (char.IsHighSurrogate(text[i]) && (i + 1 == text.Length || !char.IsLowSurrogate(text[++i]))))
            {
                return false;
            }
        }

        return true;
    }
}
