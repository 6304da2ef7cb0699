namespace Loopai.Core.Costs.Savings;

/// <summary>What a program costs against what a language model would have, per month, with everything that either brings along.</summary>
/// <param name="Calls">Calls a month.</param>
/// <param name="ModelPerCall">What the language model asks for a call.</param>
/// <param name="ModelAccuracy">The share of calls that it gets right, 0..1.</param>
/// <param name="ProgramPerCall">What a call of the program costs.</param>
/// <param name="ProgramAccuracy">The share of calls that the program gets right.</param>
/// <param name="CheckedShare">The share of the program's answers that is checked.</param>
/// <param name="PerCheck">What a check costs.</param>
/// <param name="PerMistake">What a wrong answer costs the business, whoever gives it.</param>
/// <param name="Making">What making the program costs, once.</param>
public sealed record Comparison(
    decimal Calls, decimal ModelPerCall, decimal ModelAccuracy, decimal ProgramPerCall, decimal ProgramAccuracy, decimal CheckedShare, decimal PerCheck, decimal PerMistake,
    decimal Making)
{
    /// <summary>Calls × (price + share wrong × cost of a mistake).</summary>
    public decimal ModelPerMonth => Calls * ModelEach;

    /// <summary>Calls × (price + share checked × cost of a check + share wrong × cost of a mistake).</summary>
    public decimal ProgramPerMonth => Calls * ProgramEach;

    /// <summary>What a month of the program saves; negative where it costs more.</summary>
    public decimal SavedPerMonth => ModelPerMonth - ProgramPerMonth;

    /// <summary>What a call costs whose answer is right: price ÷ accuracy, which is the cost of asking until one right answer is bought.</summary>
    public decimal? ModelPerRightAnswer => SavingsMath.PerRightAnswer(ModelPerCall, ModelAccuracy);

    /// <inheritdoc cref="ModelPerRightAnswer"/>
    public decimal? ProgramPerRightAnswer => SavingsMath.PerRightAnswer(ProgramPerCall + (CheckedShare * PerCheck), ProgramAccuracy);

    /// <summary>After how many months what was saved has paid for the making; null where nothing is saved.</summary>
    public decimal? PaybackMonths => SavedPerMonth > 0 ? Making / SavedPerMonth : null;

    /// <summary>From how many calls on the program is the cheaper one: making ÷ (difference of a call); null where a call saves nothing.</summary>
    public decimal? BreakEvenCalls => ModelEach > ProgramEach ? Making / (ModelEach - ProgramEach) : null;

    private decimal ModelEach => ModelPerCall + ((1 - ModelAccuracy) * PerMistake);

    private decimal ProgramEach => ProgramPerCall + (CheckedShare * PerCheck) + ((1 - ProgramAccuracy) * PerMistake);

    /// <summary>What both have cost after so many months, the making included.</summary>
    public (decimal Model, decimal Program) After(decimal months) => (ModelPerMonth * months, Making + (ProgramPerMonth * months));
}

/// <summary>The formulas of savings.</summary>
public static class SavingsMath
{
    /// <summary>Characters that a token stands for in English text: what OpenAI's guide to tokens tells to reckon with. A measured count is better.</summary>
    public const decimal CharactersPerToken = 4;

    /// <summary>Tokens of a text that nobody counted, rounded up.</summary>
    public static int Tokens(double characters) => (int)Math.Ceiling((decimal)characters / CharactersPerToken);

    /// <summary>Cost ÷ (calls × accuracy); null where nothing was right.</summary>
    public static decimal? PerRightAnswer(decimal cost, decimal accuracy, decimal calls = 1) => accuracy > 0 && calls > 0 ? cost / (accuracy * calls) : null;

    /// <summary>After how many days savings that go on like this have paid for what was spent on making; null where they never do.</summary>
    public static decimal? PaybackDays(decimal making, decimal savedPerDay) => savedPerDay > 0 ? making / savedPerDay : null;
}
