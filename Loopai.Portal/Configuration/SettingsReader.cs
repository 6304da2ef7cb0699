using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Loopai.Core.Configuration;
using Loopai.Core.Text;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.Json;

namespace Loopai.Portal.Configuration;

/// <summary>Reads Loopai's sections of the configuration and finds every fault in them, not only the first.</summary>
public static class SettingsReader
{
    private static readonly string[] SectionsOfTheFramework = ["Logging", "Kestrel", "AllowedHosts"];

    /// <summary>The bound settings, by class, and what is wrong with them.</summary>
    public static (IReadOnlyDictionary<Type, object> Settings, IReadOnlyList<SettingFault> Faults) Read(IConfiguration configuration)
    {
        var settings = new Dictionary<Type, object>();
        var faults = new List<SettingFault>(UnknownSections(configuration));
        foreach (var (name, type) in SettingsSections.All)
        {
            var section = configuration.GetSection(name);
            var unreadable = Unreadable(section, type).ToList();
            faults.AddRange(UnknownKeys(section, type));
            faults.AddRange(unreadable);
            if (unreadable.Count == 0)
            {
                var bound = section.Get(type) ?? Activator.CreateInstance(type)!;
                settings[type] = bound;
                faults.AddRange(Invalid(name, bound));
            }
        }

        return (settings, faults);
    }

    /// <summary>The settings of a section: what can be written, and not what is computed from it.</summary>
    public static IEnumerable<PropertyInfo> SettingsOf(Type section) =>
        section.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite);

    // Not those of the environment, which is full of names that are none of our business.
    private static IEnumerable<SettingFault> UnknownSections(IConfiguration configuration)
    {
        var known = SettingsSections.All.Keys.Concat(SectionsOfTheFramework).ToList();
        var written = (configuration as IConfigurationRoot)?.Providers.Where(IsWrittenForLoopai) ?? [];
        return written.SelectMany(provider => provider.GetChildKeys([], null)).Distinct(StringComparer.OrdinalIgnoreCase)
            .Where(key => !known.Contains(key, StringComparer.OrdinalIgnoreCase) && configuration.GetSection(key).GetChildren().Any())
            .Select(key => new SettingFault(key, null, WhatElse(key, known)));
    }

    private static bool IsWrittenForLoopai(IConfigurationProvider provider) =>
        provider is JsonConfigurationProvider or JsonStreamConfigurationProvider or CommandLineConfigurationProvider;

    private static IEnumerable<SettingFault> UnknownKeys(IConfigurationSection section, Type type)
    {
        var known = SettingsOf(type).Select(property => property.Name).ToList();
        return section.GetChildren().Where(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
            .Select(child => new SettingFault(child.Path, null, WhatElse(child.Key, known, section.Key + ":")));
    }

    private static string WhatElse(string written, IEnumerable<string> known, string prefix = "") => NearMiss.Of(written, known) is { } near
        ? $"did you mean {prefix}{near}"
        : "remove it, or see docs/configuration.md for the settings there are";

    private static IEnumerable<SettingFault> Unreadable(IConfigurationSection section, Type type) =>
        from property in SettingsOf(type)
        let value = section[property.Name]
        where value is not null && !CanRead(value, property.PropertyType)
        select new SettingFault($"{section.Key}:{property.Name}", value, Expected(property.PropertyType));

    private static bool CanRead(string value, Type type)
    {
        try
        {
            // Numbers of an enum would pass the converter, and mean nothing to who reads the file.
            return type.IsEnum
                ? Enum.GetNames(type).Contains(value, StringComparer.OrdinalIgnoreCase)
                : TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value) is not null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or NotSupportedException)
        {
            return false;
        }
    }

    private static string Expected(Type type) => type switch
    {
        { IsEnum: true } => "give " + string.Join(" or ", Enum.GetNames(type)),
        _ when type == typeof(bool) => "give true or false",
        _ when type == typeof(int) => "give a whole number",
        _ => $"give a {type.Name}",
    };

    private static IEnumerable<SettingFault> Invalid(string section, object settings)
    {
        var results = new List<ValidationResult>();
        foreach (var property in SettingsOf(settings.GetType()))
        {
            var context = new ValidationContext(settings) { MemberName = property.Name };
            var broken = property.GetCustomAttributes<ValidationAttribute>()
                .Where(rule => rule.GetValidationResult(property.GetValue(settings), context) != ValidationResult.Success);
            results.AddRange(broken.Select(rule => new ValidationResult(Mend(rule), [property.Name])));
        }

        // Rules across settings assume that each one is sound by itself.
        if (results.Count == 0 && settings is IValidatableObject whole)
        {
            results.AddRange(whole.Validate(new ValidationContext(settings)));
        }

        return results.Select(result => Fault(section, settings, result));
    }

    private static string Mend(ValidationAttribute rule) => rule switch
    {
        RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"give a number from {range.Minimum} to {range.Maximum}"),
        _ => rule.ErrorMessage!,
    };

    private static SettingFault Fault(string section, object settings, ValidationResult result)
    {
        var name = result.MemberNames.Single();
        var value = settings.GetType().GetProperty(name)!.GetValue(settings);
        return new($"{section}:{name}", Convert.ToString(value, CultureInfo.InvariantCulture), result.ErrorMessage!);
    }
}
