using Loopai.Core.Programs;
using Loopai.Core.Tasks;
using Loopai.Core.Validation;

namespace Loopai.Portal.Pages.Tasks.Versions;

/// <summary>What the editor starts with: a program of the task that runs, and shows the two functions there are.</summary>
internal static class CodeTemplate
{
    public static string For(ProgramLanguage language, TaskDefinition task)
    {
        var fields = SchemaShape.Parse(task.InputSchema) is System.Text.Json.Nodes.JsonObject schema
            ? string.Join(", ", SchemaShape.Members(schema).Select(member => member.Name))
            : "";
        var answer = OutputClasses.Of(task.OutputSchema) is [var first, ..] ? first : "None";
        return language switch
        {
            ProgramLanguage.Python => Python(fields, Literal(answer)),
            ProgramLanguage.JavaScript => JavaScript(fields, answer is "None" ? "null" : answer),
            ProgramLanguage.Model => "",
        };
    }

    private static string Literal(string json) => json switch { "true" => "True", "false" => "False", "null" => "None", _ => json };

    private static string Python(string fields, string answer) => $$"""
        def execute(input):
            # input holds {{(fields.Length > 0 ? fields : "what the input schema describes")}}
            return {{answer}}


        def confidence(input, output):
            # 0 to 1: how sure the answer is. Leave this function out if you cannot say.
            return 0.5

        """.ReplaceLineEndings("\n");

    private static string JavaScript(string fields, string answer) => $$"""
        function execute(input) {
          // input holds {{(fields.Length > 0 ? fields : "what the input schema describes")}}
          return {{answer}};
        }

        function confidence(input, output) {
          // 0 to 1: how sure the answer is. Leave this function out if you cannot say.
          return 0.5;
        }

        """.ReplaceLineEndings("\n");
}
