using System.Globalization;
using System.Text;
using Loopai.Core.Programs.Models;

namespace Loopai.Core.Programs;

/// <summary>A version as text that people read and compare: the source, or a model in words.</summary>
public static class ProgramText
{
    public static string Of(ProgramVersion program) =>
        program.Language == ProgramLanguage.Model ? Of(ModelProgram.Load(program.Artifact).Describe()) : Encoding.UTF8.GetString(program.Artifact);

    private static string Of(ModelDescription model)
    {
        var text = new StringBuilder();
        text.AppendLine(model.Summary).AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"Strategy: {model.Strategy}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Features: {model.Features}");
        text.AppendLine(CultureInfo.InvariantCulture, $"Reads: {string.Join(", ", model.Fields)}");
        AppendAll(text, "Rules", model.Rules.Select(rule => rule.Sentence));
        foreach (var explained in model.TopFeatures)
        {
            AppendAll(
                text,
                $"What speaks for {explained.Class.GetRawText()}",
                explained.Features.Select(feature => string.Create(CultureInfo.InvariantCulture, $"{feature.Name} ({feature.Weight:0.##})")));
        }

        return text.ToString().ReplaceLineEndings("\n");
    }

    private static void AppendAll(StringBuilder text, string title, IEnumerable<string> lines)
    {
        var all = lines.ToList();
        if (all.Count > 0)
        {
            text.AppendLine().Append(title).AppendLine(":");
            all.ForEach(line => text.Append("  ").AppendLine(line));
        }
    }
}
