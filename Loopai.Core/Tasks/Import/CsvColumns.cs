using System.Text.Json;
using System.Text.Json.Nodes;

namespace Loopai.Core.Tasks.Import;

/// <summary>Which part of an example each column of a CSV holds, read off its header.</summary>
internal sealed class CsvColumns
{
    private static readonly string[] OutputNames = ["output", "label", "expected"];
    private static readonly string[] TrainingNames = ["forTraining", "for_training"];

    private readonly ValueShape _input;
    private readonly ValueShape _output;
    private readonly List<Column> _columns = [];

    private CsvColumns(ExampleSchemas schemas)
    {
        _input = ValueShape.Of(schemas.InputSchema);
        _output = ValueShape.Of(schemas.OutputSchema);
    }

    /// <exception cref="Errors.InvalidException">A column fits no field, two columns are the same field, or there is no output.</exception>
    public static CsvColumns Of(IReadOnlyList<string> header, ExampleSchemas schemas)
    {
        var columns = new CsvColumns(schemas);
        var names = header.Select(n => n.Trim()).ToList();
        var unknown = new List<int>();
        for (var i = 0; i < names.Count; i++)
        {
            columns._columns.Add(columns.Find(names[i]) ?? new Column(Part.Unknown, []));
            if (columns._columns[i].Part == Part.Unknown)
            {
                unknown.Add(i);
            }
        }

        columns.Settle(names, unknown);
        return columns;
    }

    /// <summary>The example in a row's cells.</summary>
    public ExampleRow Read(int row, IReadOnlyList<string> cells)
    {
        if (cells.Count != _columns.Count)
        {
            return ExampleRow.Rejected(row, "", $"The row has {cells.Count} fields, and the header {_columns.Count}.");
        }

        JsonNode? input = _input.IsObject ? new JsonObject() : null;
        JsonNode? output = _output.IsObject ? new JsonObject() : null;
        bool? forTraining = null;
        for (var i = 0; i < cells.Count; i++)
        {
            var column = _columns[i];
            switch (column.Part)
            {
                case Part.Input:
                    Put(ref input, column, _input, cells[i]);
                    break;
                case Part.Output:
                    Put(ref output, column, _output, cells[i]);
                    break;
                case Part.ForTraining when CsvCell.Read(cells[i], TrueOrFalse) is JsonValue flag && flag.TryGetValue(out bool value):
                    forTraining = value;
                    break;
                case Part.ForTraining when cells[i].Length > 0:
                    return ExampleRow.Rejected(row, "/forTraining", "\"forTraining\" is true or false.");
            }
        }

        return new ExampleRow(row, new ExampleDraft(JsonSerializer.SerializeToElement(input), JsonSerializer.SerializeToElement(output), forTraining), null);
    }

    private static readonly ValueShape TrueOrFalse = ValueShape.Of(JsonElement.Parse("""{"type":"boolean"}"""));

    private Column? Find(string name)
    {
        if (_input.Members.ContainsKey(name))
        {
            return new Column(Part.Input, [name]);
        }

        if (_output.Members.ContainsKey(name))
        {
            return new Column(Part.Output, [name]);
        }

        if (TrainingNames.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            return new Column(Part.ForTraining, []);
        }

        if (OutputNames.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            return new Column(Part.Output, SingleMember(_output));
        }

        if (name.Equals("input", StringComparison.OrdinalIgnoreCase))
        {
            return new Column(Part.Input, []);
        }

        var path = name.Split('.');
        return path[0].ToLowerInvariant() switch
        {
            "input" when path.Length > 1 => Resolve(Part.Input, _input, path[1..]),
            "output" when path.Length > 1 => Resolve(Part.Output, _output, path[1..]),
            _ => Resolve(Part.Input, _input, path) ?? Resolve(Part.Output, _output, path),
        };
    }

    private static Column? Resolve(Part part, ValueShape shape, string[] path)
    {
        // A schema that names no fields takes any.
        if (shape.Members.Count == 0)
        {
            return shape.IsObject && part == Part.Input ? new Column(part, path) : null;
        }

        var found = new string[path.Length];
        for (var i = 0; i < path.Length; i++)
        {
            if (shape.FindMember(path[i]) is not { } name)
            {
                return null;
            }

            found[i] = name;
            shape = shape.Members[name];
        }

        return new Column(part, found);
    }

    /// <summary>Where no column is named for the output, it is the last; where the input is no object, it is the one that is left.</summary>
    private void Settle(List<string> names, List<int> unknown)
    {
        if (!_columns.Exists(c => c.Part == Part.Output))
        {
            var last = _columns.FindLastIndex(c => c.Part != Part.ForTraining);
            if (last < 0 || (_columns[last].Part == Part.Input && _input.Members.Count > 0))
            {
                throw ExampleErrors.NotCsv("no column holds the output. Name one 'output', 'label' or 'expected'.");
            }

            _columns[last] = new Column(Part.Output, SingleMember(_output));
            unknown.Remove(last);
        }

        if (!_input.IsObject && unknown.Count == 1 && !_columns.Exists(c => c.Part == Part.Input))
        {
            _columns[unknown[0]] = new Column(Part.Input, []);
            unknown.Clear();
        }

        if (unknown.Count > 0)
        {
            throw ExampleErrors.NotCsv(
                $"the column '{names[unknown[0]]}' is no field of the task. Its input has {Listed(_input)}; its output, {Listed(_output)}.");
        }

        if (!_columns.Exists(c => c.Part == Part.Input))
        {
            throw ExampleErrors.NotCsv($"no column holds the input. It has {Listed(_input)}.");
        }

        var twice = _columns.GroupBy(c => $"{c.Part}.{string.Join('.', c.Path)}").FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
        {
            throw ExampleErrors.NotCsv($"two columns hold '{twice.Key.TrimEnd('.').ToLowerInvariant()}'.");
        }
    }

    /// <summary>An output object of one field is written as that field's value.</summary>
    private static string[] SingleMember(ValueShape output) => output.Members.Count == 1 ? [output.Members.Keys.First()] : [];

    private static string Listed(ValueShape shape) => shape.Members.Count == 0 ? "no named fields" : $"the fields {string.Join(", ", shape.Members.Keys.Take(20))}";

    private static void Put(ref JsonNode? root, Column column, ValueShape shape, string cell)
    {
        if (column.Path.Length == 0 || (column.Path.Length == 1 && cell.TrimStart().StartsWith('{') && CsvCell.Read(cell, shape) is JsonObject))
        {
            root = CsvCell.Read(cell, shape);
            return;
        }

        var isRequired = true;
        var target = root as JsonObject;
        for (var i = 0; i < column.Path.Length; i++)
        {
            isRequired = shape.Required.Contains(column.Path[i]);
            shape = shape.Members.GetValueOrDefault(column.Path[i]) ?? AnyValue;
            if (i < column.Path.Length - 1 && target is not null)
            {
                // A nested object comes to be with its first cell that holds something.
                if (target[column.Path[i]] is not JsonObject && cell.Length == 0)
                {
                    return;
                }

                target[column.Path[i]] ??= new JsonObject();
                target = target[column.Path[i]] as JsonObject;
            }
        }

        // An empty cell is a field that is not there, unless it has to be: then it is an empty text or a null.
        if (target is not null && (cell.Length > 0 || (isRequired && (shape.MayBe("string") || shape.MayBe("null")))))
        {
            target[column.Path[^1]] = CsvCell.Read(cell, shape);
        }
    }

    private static readonly ValueShape AnyValue = new();

    private enum Part
    {
        Unknown,
        Input,
        Output,
        ForTraining,
    }

    private sealed record Column(Part Part, string[] Path);
}
