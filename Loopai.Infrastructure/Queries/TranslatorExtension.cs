using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.Extensions.DependencyInjection;

namespace Loopai.Infrastructure.Queries;

/// <summary>Teaches EF Core one more aggregate.</summary>
internal sealed class TranslatorExtension<TTranslator> : IDbContextOptionsExtension
    where TTranslator : HistogramTranslator
{
    public DbContextOptionsExtensionInfo Info => field ??= new OfTranslator(this);

    public void ApplyServices(IServiceCollection services) => new EntityFrameworkRelationalServicesBuilder(services).TryAdd<IAggregateMethodCallTranslatorPlugin, TTranslator>();

    public void Validate(IDbContextOptions options)
    {
    }

    private sealed class OfTranslator(IDbContextOptionsExtension extension) : DbContextOptionsExtensionInfo(extension)
    {
        public override bool IsDatabaseProvider => false;

        public override string LogFragment => "";

        public override int GetServiceProviderHashCode() => typeof(TTranslator).GetHashCode();

        public override bool ShouldUseSameServiceProvider(DbContextOptionsExtensionInfo other) => other is OfTranslator;

        public override void PopulateDebugInfo(IDictionary<string, string> debugInfo) => debugInfo[typeof(TTranslator).Name] = "1";
    }
}

internal static class TranslatorExtensions
{
    /// <summary>The builder, with one more aggregate.</summary>
    public static DbContextOptionsBuilder<TContext> UseTranslator<TContext, TTranslator>(this DbContextOptionsBuilder<TContext> builder)
        where TContext : DbContext
        where TTranslator : HistogramTranslator
    {
        ((IDbContextOptionsBuilderInfrastructure)builder).AddOrUpdateExtension(new TranslatorExtension<TTranslator>());
        return builder;
    }
}
