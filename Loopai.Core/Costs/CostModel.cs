using System.Text.Json;
using System.Text.Json.Serialization;
using Loopai.Core.Costs.Budgets;
using Loopai.Core.Costs.Ledger;
using Loopai.Core.Costs.Prices;
using Loopai.Core.Costs.Recommendations;
using Loopai.Core.Costs.Savings;
using Loopai.Core.Organizations;
using Loopai.Core.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Loopai.Core.Costs;

/// <summary>The tables of costs.</summary>
internal static class CostModel
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) } };

    public static void Configure(ModelBuilder builder)
    {
        builder.Entity<Price>(price =>
        {
            price.ToTable("prices");
            price.HasKey(p => new { p.OrganizationId, p.Id });
            price.Property(p => p.Id).ValueGeneratedNever();
            price.Property(p => p.Kind).HasConversion<string>().HasMaxLength(16);
            price.Property(p => p.Provider).HasMaxLength(100);
            price.Property(p => p.Name).HasMaxLength(200);
            price.Property(p => p.Currency).HasMaxLength(3);
            price.Property(p => p.Source).HasMaxLength(500);
            price.Property(p => p.CreatedBy).HasMaxLength(200);
            price.Ignore(p => p.IsList);
            Amount(price.Property(p => p.Input));
            Amount(price.Property(p => p.CachedInput));
            Amount(price.Property(p => p.Output));
            Amount(price.Property(p => p.Reasoning));
            Amount(price.Property(p => p.PerUnit));
            price.HasIndex(p => new { p.OrganizationId, p.CreatedAt });
            price.HasOne<Organization>().WithMany().HasForeignKey(p => p.OrganizationId);
        });
        builder.Entity<CostEntry>(entry =>
        {
            entry.ToTable("cost_entries");
            entry.Property(e => e.Id).ValueGeneratedNever();
            entry.Property(e => e.Kind).HasConversion<string>().HasMaxLength(16);
            entry.Property(e => e.Adjusts).HasConversion<string>().HasMaxLength(16);
            entry.Property(e => e.Meter).HasMaxLength(220);
            entry.Property(e => e.Currency).HasMaxLength(3);
            entry.Property(e => e.Quantity).HasPrecision(24, 9);
            Amount(entry.Property(e => e.Amount));

            // One charge for one thing, however often it is asked for.
            entry.HasIndex(e => new { e.OrganizationId, e.SubjectId, e.Meter }).IsUnique().HasFilter("kind <> 'Adjustment'");
            entry.HasIndex(e => new { e.OrganizationId, e.At, e.Id });
        });
        ConfigureBudgets(builder);
        builder.Entity<RecommendationDecision>(decision =>
        {
            decision.ToTable("recommendation_decisions");
            decision.Property(d => d.Id).ValueGeneratedNever();
            decision.Property(d => d.RecommendationId).HasMaxLength(80);
            decision.Property(d => d.Kind).HasConversion<string>().HasMaxLength(32);
            decision.Property(d => d.Answer).HasConversion<string>().HasMaxLength(16);
            decision.Property(d => d.Title).HasMaxLength(600);
            decision.Property(d => d.Reason).HasMaxLength(500);
            decision.Property(d => d.Currency).HasMaxLength(3);
            decision.Property(d => d.By).HasMaxLength(200);
            Amount(decision.Property(d => d.PromisedPerMonth));
            Amount(decision.Property(d => d.Baseline));
            decision.HasIndex(d => new { d.OrganizationId, d.RecommendationId, d.At });
            decision.HasOne<Organization>().WithMany().HasForeignKey(d => d.OrganizationId);
        });
        builder.Entity<TaskReference>(reference =>
        {
            reference.ToTable("task_references");
            reference.HasKey(r => r.TaskId);
            reference.Property(r => r.TaskId).ValueGeneratedNever();
            reference.Property(r => r.Provider).HasMaxLength(100);
            reference.Property(r => r.Model).HasMaxLength(200);
            reference.Property(r => r.UpdatedBy).HasMaxLength(200);
            reference.HasOne<TaskDefinition>().WithMany().HasForeignKey(r => r.TaskId);
        });
    }

    private static void ConfigureBudgets(ModelBuilder builder)
    {
        builder.Entity<Budget>(budget =>
        {
            budget.ToTable("budgets");
            budget.Property(b => b.Id).ValueGeneratedNever();
            budget.HasKey(b => new { b.OrganizationId, b.Id });
            budget.Property(b => b.Name).HasMaxLength(100);
            budget.Property(b => b.Scope).HasConversion<string>().HasMaxLength(16);
            budget.Property(b => b.Period).HasConversion<string>().HasMaxLength(16);
            budget.Property(b => b.Action).HasConversion<string>().HasMaxLength(16);
            budget.Property(b => b.Webhook).HasMaxLength(2000);
            budget.Property(b => b.CreatedBy).HasMaxLength(200);
            budget.Property(b => b.Revision).IsConcurrencyToken();
            budget.Ignore(b => b.Part);
            budget.Ignore(b => b.Enforces);
            List(budget.Property(b => b.Thresholds));
            List(budget.Property(b => b.Emails));
            Amount(budget.Property(b => b.Amount));
            budget.HasOne<Organization>().WithMany().HasForeignKey(b => b.OrganizationId);
        });
        builder.Entity<BudgetMeter>(meter =>
        {
            meter.ToTable("budget_meters");
            meter.HasKey(m => new { m.OrganizationId, m.BudgetId, m.Period });
            meter.Property(m => m.Period).HasMaxLength(32);
            Amount(meter.Property(m => m.Settled));
            Amount(meter.Property(m => m.Held));
            Amount(meter.Property(m => m.Others));
        });
        builder.Entity<BudgetLease>(lease =>
        {
            lease.ToTable("budget_leases");
            lease.HasKey(l => new { l.OrganizationId, l.BudgetId, l.Period, l.InstanceId });
            lease.Property(l => l.Period).HasMaxLength(32);
            Amount(lease.Property(l => l.Held));
        });
        builder.Entity<BudgetAlert>(alert =>
        {
            alert.ToTable("budget_alerts");
            alert.HasKey(a => new { a.OrganizationId, a.BudgetId, a.Period, a.Basis, a.Percent });
            alert.Property(a => a.Period).HasMaxLength(32);
            alert.Property(a => a.Basis).HasConversion<string>().HasMaxLength(16);
            alert.Property(a => a.Percent).HasPrecision(9, 3);
            Amount(alert.Property(a => a.Spent));
            Amount(alert.Property(a => a.Expected));
            Amount(alert.Property(a => a.Amount));
        });
    }

    private static void List<T>(PropertyBuilder<IReadOnlyList<T>> list) => list.HasConversion(
        rows => JsonSerializer.Serialize(rows, Json), text => JsonSerializer.Deserialize<List<T>>(text, Json)!,
        new ValueComparer<IReadOnlyList<T>>((a, b) => a!.SequenceEqual(b!), rows => rows.Count, rows => rows.ToList()));

    internal static void Amount<T>(PropertyBuilder<T> amount) => amount.HasPrecision(28, Money.Places);
}
