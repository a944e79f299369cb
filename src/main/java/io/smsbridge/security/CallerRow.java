package io.smsbridge.security;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A caller as the ledger has it.
 *
 * @param accounts separated by commas; empty: all
 * @param networks in CIDR form, separated by commas; empty: any
 * @param requestsPerSecond   0: no limit
 * @param recipientsPerSecond 0: no limit
 * @param recipientsPerDay    0: no limit
 * @param createdAt           epoch milliseconds
 */
record CallerRow(String name, String accounts, String networks, int requestsPerSecond, int recipientsPerSecond, int recipientsPerDay,
        long createdAt) {

    static CallerRow of(ResultSet row) throws SQLException {
        return new CallerRow(row.getString("name"), row.getString("accounts"), row.getString("networks"), row.getInt("requests_per_second"),
                row.getInt("recipients_per_second"), row.getInt("recipients_per_day"), row.getLong("created_at"));
    }

    static Set<String> names(String separated) {
        return Arrays.stream(separated.split(",")).map(String::strip).filter(name -> !name.isEmpty()).collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
