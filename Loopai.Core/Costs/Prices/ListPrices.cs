using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loopai.Core.Costs.Prices;

/// <summary>The prices that come with the installation: what vendors asked in public on a date. They age; an organization's own go before them.</summary>
public static class ListPrices
{
    private const string Resource = "Loopai.Core.list-prices";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) }, ReadCommentHandling = JsonCommentHandling.Skip };

    /// <summary>All of them, ended ones too: charges of the past were made with those.</summary>
    public static IReadOnlyList<Price> All { get; } = Read();

    private static IReadOnlyList<Price> Read()
    {
        using var file = typeof(ListPrices).Assembly.GetManifestResourceStream(Resource)!;
        return
        [
            .. JsonSerializer.Deserialize<List<Row>>(file, Json)!.Select(row => new Price
            {
                Id = row.Id, OrganizationId = Guid.Empty, Kind = row.Kind, Provider = row.Provider ?? "", Name = row.Name, Currency = row.Currency, Input = row.Input,
                CachedInput = row.CachedInput, Output = row.Output, Reasoning = row.Reasoning, PerUnit = row.PerUnit, Withdrawn = row.Withdrawn,
                EffectiveFrom = new DateTimeOffset(row.From.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero), Source = row.Source, CreatedBy = "Loopai",
                CreatedAt = new DateTimeOffset(row.From.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero),
            }),
        ];
    }

    private sealed record Row(
        Guid Id, PriceKind Kind, string? Provider, string Name, string Currency, decimal? Input, decimal? CachedInput, decimal? Output, decimal? Reasoning, decimal? PerUnit,
        bool Withdrawn, DateOnly From, string Source);
}
