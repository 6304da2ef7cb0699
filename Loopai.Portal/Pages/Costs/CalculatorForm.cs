using System.Globalization;
using Loopai.Core.Costs;
using Loopai.Core.Costs.Savings;

namespace Loopai.Portal.Pages.Costs;

/// <summary>What is entered into the calculator. All of it lives in the address, so that a link shares it.</summary>
public sealed record CalculatorForm
{
    public double Calls { get; init; } = 1_000_000;

    public double TokensIn { get; init; } = 400;

    public double TokensOut { get; init; } = 5;

    /// <summary>A million tokens of input.</summary>
    public double PriceIn { get; init; } = 0.15;

    /// <summary>A million tokens of output.</summary>
    public double PriceOut { get; init; } = 0.6;

    /// <summary>In percent.</summary>
    public double ModelAccuracy { get; init; } = 97;

    /// <summary>What a thousand calls of the program cost.</summary>
    public double ProgramPerThousand { get; init; } = 0.001;

    /// <summary>In percent.</summary>
    public double ProgramAccuracy { get; init; } = 97;

    /// <summary>In percent of calls.</summary>
    public double Checked { get; init; } = 0.1;

    public double PerCheck { get; init; } = 0.02;

    public double PerMistake { get; init; }

    public double Making { get; init; } = 50;

    public Comparison Comparison => new(
        (decimal)Calls, (decimal)((TokensIn * PriceIn) + (TokensOut * PriceOut)) / 1_000_000m, (decimal)ModelAccuracy / 100, (decimal)ProgramPerThousand / 1000,
        (decimal)ProgramAccuracy / 100, (decimal)Checked / 100, (decimal)PerCheck, (decimal)PerMistake, (decimal)Making);

    /// <summary>What the address says. What is missing is as it was before; what is no number in range is named, and left as it was before.</summary>
    public static (CalculatorForm Form, IReadOnlyDictionary<string, string> Faults) Read(Func<string, string?> query)
    {
        var start = new CalculatorForm();
        var faults = new Dictionary<string, string>(StringComparer.Ordinal);
        var form = new CalculatorForm
        {
            Calls = Number("calls", "Calls a month", start.Calls, 1e12), TokensIn = Number("in", "Tokens in", start.TokensIn, 1e7), TokensOut = Number("out", "Tokens out", start.TokensOut, 1e7),
            PriceIn = Number("pin", "A million in", start.PriceIn, 1e6), PriceOut = Number("pout", "A million out", start.PriceOut, 1e6),
            ModelAccuracy = Number("macc", "Right answers of the model", start.ModelAccuracy, 100), ProgramPerThousand = Number("prog", "A thousand calls", start.ProgramPerThousand, 1e6),
            ProgramAccuracy = Number("pacc", "Right answers of the program", start.ProgramAccuracy, 100), Checked = Number("checked", "Answers checked", start.Checked, 100),
            PerCheck = Number("check", "A check", start.PerCheck, 1e6), PerMistake = Number("mistake", "A wrong answer", start.PerMistake, 1e6),
            Making = Number("making", "Making it", start.Making, 1e9),
        };
        return (form, faults);

        double Number(string name, string label, double otherwise, double most)
        {
            if (query(name) is not { Length: > 0 } text)
            {
                return otherwise;
            }

            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0 && number <= most)
            {
                return number;
            }

            faults[label] = $"the address says '{(text.Length > 20 ? text[..20] + "…" : text)}', which is no number from 0 to {most.ToString("#,0", CultureInfo.InvariantCulture)}";
            return otherwise;
        }
    }

    /// <summary>The figures that were measured of a task; what was not measured stays.</summary>
    public CalculatorForm With(TaskCost task, ReferenceState reference, decimal? priceIn, decimal? priceOut, int days) => this with
    {
        Calls = Math.Round(task.Executions * 365.25 / 12 / days),
        TokensIn = reference.Reference?.InputTokens ?? reference.Measured.Tokens.Input,
        TokensOut = reference.Reference?.OutputTokens ?? reference.Measured.Tokens.Output,
        PriceIn = (double?)priceIn ?? PriceIn,
        PriceOut = (double?)priceOut ?? PriceOut,
        ProgramPerThousand = task.Executions > 0 ? (double)(task.Execution * 1000 / task.Executions) : ProgramPerThousand,
        ProgramAccuracy = task.Accuracy is { } accuracy ? Math.Round(accuracy * 100, 2) : ProgramAccuracy,
        Making = (double)task.Generation,
    };

    public (string Name, string? Value)[] ToQuery(string? task) =>
    [
        ("task", task), ("calls", Text(Calls)), ("in", Text(TokensIn)), ("out", Text(TokensOut)), ("pin", Text(PriceIn)), ("pout", Text(PriceOut)), ("macc", Text(ModelAccuracy)),
        ("prog", Text(ProgramPerThousand)), ("pacc", Text(ProgramAccuracy)), ("checked", Text(Checked)), ("check", Text(PerCheck)), ("mistake", Text(PerMistake)), ("making", Text(Making)),
    ];

    /// <summary>What both have cost month by month, to twice the payback or two years.</summary>
    public object Chart(string currency)
    {
        var compared = Comparison;
        var last = (int)Math.Clamp(Math.Ceiling((compared.PaybackMonths ?? 6) * 2), 6, 24);
        var months = Enumerable.Range(0, last + 1).Select(m => (Month: m, Costs: compared.After(m))).ToList();
        return new Dictionary<string, object?>
        {
            ["unit"] = "money:" + currency,
            ["xAxis"] = new { type = "value", min = 0, max = last, splitNumber = Math.Min(last, 12), minInterval = 1, axisLabel = new { formatter = "{value} mo", hideOverlap = true } },
            ["yAxis"] = new { type = "value", axisLabel = new { formatter = "format:money:" + currency }, splitNumber = 4 },
            ["legend"] = new { },
            ["series"] = new object[]
            {
                Line("Language model", months.Select(m => (m.Month, m.Costs.Model)), compared.PaybackMonths is { } payback && payback <= last ? payback : null),
                Line("Program, with its making", months.Select(m => (m.Month, m.Costs.Program)), null),
            },
        };
    }

    public ChartTable Table(string currency)
    {
        var compared = Comparison;
        return new ChartTable(
            ["Months", "Language model", "Program, with its making"],
            [.. Enumerable.Range(0, 25).Select(m => (IReadOnlyList<string>)[m.ToString(CultureInfo.InvariantCulture), Format.Money(compared.After(m).Model, currency), Format.Money(compared.After(m).Program, currency)])]);
    }

    private static Dictionary<string, object?> Line(string name, IEnumerable<(int Month, decimal Cost)> points, decimal? mark) => new()
    {
        ["type"] = "line", ["name"] = name, ["showSymbol"] = false, ["data"] = points.Select(p => new object[] { p.Month, p.Cost }),
        ["markLine"] = mark is null ? null : new
        {
            symbol = "none", silent = true, lineStyle = new { color = "var(--text-3)", type = "dashed" },
            label = new { color = "var(--text-2)", fontSize = 11, formatter = "{b}", position = "insideEndTop", rotate = 0, align = "left", padding = new[] { 0, 0, 0, 6 } },
            data = new[] { new { name = "paid back", xAxis = mark.Value } },
        },
    };

    private static string Text(double number) => number.ToString("0.############", CultureInfo.InvariantCulture);
}
