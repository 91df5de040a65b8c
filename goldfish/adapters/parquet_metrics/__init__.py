"""Metric points as sealed Parquet files."""

from __future__ import annotations

from goldfish.adapters.parquet_metrics.store import ParquetMetrics

__all__ = ["ParquetMetrics"]
