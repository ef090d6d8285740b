"""The portal: home "Hôm nay", results, the trainer's pages, figures for officials, and the JSON API."""
